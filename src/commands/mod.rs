//! One file per verb; the only place where the layers meet. Nothing imports it.

pub mod init;
