#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| jumeau_fuzz::doors::points::header(data));
