//! Running unattended, as users write it wrongly: mail servers, who vouches for
//! them, and how many false alarms are put up with.

use insta::assert_snapshot;

use super::{GOOD, loaded, read};
use crate::model::ChannelKind;

/// The good file with an e-mail channel of these lines.
fn with_mail(lines: &str) -> String {
    format!(
        "{GOOD}\n[[notify]]\nid = \"post\"\nkind = \"email\"\nfrom = \"a@example.com\"\n\
         to = [\"b@example.com\"]\n{lines}"
    )
}

fn said(text: &str) -> String {
    match read(text) {
        Ok(_) => panic!("accepted: {text}"),
        Err(said) => said,
    }
}

#[test]
fn the_authority_of_a_mail_server_is_a_file_beside_the_config() {
    for smtp in [
        "smtp://mail.example.net?tls=required",
        "smtps://mail.example.net",
    ] {
        let text = with_mail(&format!("smtp = \"{smtp}\"\nca = \"mail.pem\"\n"));
        let channels = loaded(&text).config.channels;
        let ChannelKind::Email { ca: Some(file), .. } = &channels[0].to else {
            panic!("no authority");
        };
        assert_eq!(file, std::path::Path::new("/srv/bench/mail.pem"));
    }
}

#[test]
fn an_authority_that_nothing_is_checked_with() {
    let plain = with_mail("smtp = \"smtp://mail.example.net\"\nca = \"mail.pem\"\n");
    assert_snapshot!(said(&plain), @r#"
    error: `ca` of a mail server without TLS
      --> targets.toml:61:1
       |
    61 | ca = "mail.pem"
       | ^^ nothing would be checked with it
       = hint: write `smtp://…?tls=required` or `smtps://…`, or take it out

    1 error in targets.toml
    "#);
    let hook = "[[notify]]\nid = \"hook\"\nkind = \"webhook\"\nurl = \"https://a.example/\"\n";
    let hook = format!("{GOOD}\n{hook}ca = \"mail.pem\"\n");
    assert_snapshot!(said(&hook), @r#"
    error: `ca` of a channel of kind `webhook`
      --> targets.toml:59:1
       |
    59 | ca = "mail.pem"
       | ^^ only a mail server is asked who vouches for it
       = hint: take it out

    1 error in targets.toml
    "#);
}

#[test]
fn a_word_about_tls_that_is_none() {
    let text = with_mail("smtp = \"smtp://mail.example.net?tls=yes\"\n");
    assert_snapshot!(said(&text), @r#"
    error: `smtp://mail.example.net?tls=yes` is no mail server
      --> targets.toml:60:8
       |
    60 | smtp = "smtp://mail.example.net?tls=yes"
       |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ `tls` is `yes`, and neither `required` nor `opportunistic`
       = hint: write `smtp://user:${SMTP_PASSWORD}@mail.example.net:587?tls=required`

    1 error in targets.toml
    "#);
}

#[test]
fn a_mail_server_elsewhere_gets_no_password_in_the_clear() {
    let with = |smtp: &str| with_mail(&format!("smtp = \"{smtp}\"\n"));
    for fine in [
        "smtp://me:${GRID_PASSWORD}@mail.example.net?tls=required",
        "smtps://me:${GRID_PASSWORD}@mail.example.net",
        "smtp://me:${GRID_PASSWORD}@127.0.0.1:2525",
        "smtp://me:${GRID_PASSWORD}@[::1]:2525",
        "smtp://mail.example.net",
    ] {
        loaded(&with(fine));
    }
    let may = said(&with(
        "smtp://me:${GRID_PASSWORD}@mail.example.net?tls=opportunistic",
    ));
    assert!(may.contains("may send its password in the clear"), "{may}");
    assert_snapshot!(said(&with("smtp://me:${GRID_PASSWORD}@mail.example.net")), @r#"
    error: `smtp://me:${GRID_PASSWORD}@mail.example.net` may send its password in the clear
      --> targets.toml:60:8
       |
    60 | smtp = "smtp://me:${GRID_PASSWORD}@mail.example.net"
       |        ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^ TLS is not required
       = hint: write `smtp://user:${SMTP_PASSWORD}@mail.example.net:587?tls=required`

    1 error in targets.toml
    "#);
}

#[test]
fn a_budget_of_false_alarms() {
    assert_eq!(loaded(GOOD).config.alerts.false_a_month, 1.0);
    for (written, read) in [("0.5", 0.5), ("2", 2.0)] {
        let text = format!("{GOOD}\n[alerts]\nfalse_a_month = {written}\n");
        assert_eq!(loaded(&text).config.alerts.false_a_month, read);
    }
    let none = format!("{GOOD}\n[alerts]\nfalse_a_month = 0\n");
    assert_snapshot!(said(&none), @r"
    error: `false_a_month` cannot be 0
      --> targets.toml:56:17
       |
    56 | false_a_month = 0
       |                 ^ from 0.05 to 30
       = hint: the default is `1.0`; no figure makes false alerts impossible

    1 error in targets.toml
    ");
    let word = format!("{GOOD}\n[alerts]\nfalse_a_month = \"few\"\n");
    assert_snapshot!(said(&word), @r#"
    error: `false_a_month` must be a number of alerts a month, such as 1.0
      --> targets.toml:56:17
       |
    56 | false_a_month = "few"
       |                 ^^^^^ found a string

    1 error in targets.toml
    "#);
}
