#![no_main]

libfuzzer_sys::fuzz_target!(init: jumeau_fuzz::let_readers_catch(), |data: &[u8]| jumeau_fuzz::source_doors::parquet(data));
