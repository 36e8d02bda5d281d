#!/bin/sh
# A wrapper around rustc that gives libFuzzer its eyes in this project's own code, on a stable toolchain and without building every
# dependency a second time: RUSTC_WRAPPER=fuzz/instrument.sh cargo build --manifest-path fuzz/Cargo.toml --bins
# Panics, overflow checks and limits of time and memory need no more. `cargo fuzz` instruments dependencies too.
rustc=$1
shift
name=
previous=
for word in "$@"; do
    [ "$previous" = --crate-name ] && name=$word
    previous=$word
done
case $name in
jumeau | jumeau_fuzz)
    exec "$rustc" "$@" --cfg fuzzing -Cpasses=sancov-module \
        -Cllvm-args=-sanitizer-coverage-level=4 \
        -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
        -Cllvm-args=-sanitizer-coverage-pc-table \
        -Cllvm-args=-sanitizer-coverage-trace-compares \
        -Cdebug-assertions=on -Coverflow-checks=on -Ccodegen-units=16 \
        ${JUMEAU_FUZZ_RUSTFLAGS:--Copt-level=1}
    ;;
*) exec "$rustc" "$@" ;;
esac
