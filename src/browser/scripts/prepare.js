// Runs before any script of the page: room for every resource entry (the default is 250).
performance.setResourceTimingBufferSize(10000);
