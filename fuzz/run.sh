#!/bin/sh
# One target after another for so many seconds each, on one core, as politely as can be: fuzz/run.sh BINARIES CORPUS LOGS SECONDS [TARGET…]
# BINARIES is the folder the build wrote to, CORPUS has one folder for each target, LOGS takes one log and the findings of each target.
set -u
binaries=$1 corpus=$2 logs=$3 seconds=$4
shift 4
here=$(cd "$(dirname "$0")" && pwd)
[ $# -gt 0 ] || set -- $(sed -n 's/^name = "\(.*\)"$/\1/p' "$here/Cargo.toml" | grep -v jumeau-fuzz)
for target in "$@"; do
    mkdir -p "$corpus/$target" "$logs/found/$target"
    nice -n 15 "$binaries/$target" "$corpus/$target" \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -malloc_limit_mb=512 -max_len=65536 \
        -artifact_prefix="$logs/found/$target/" -print_final_stats=1 -reload=0 >>"$logs/$target.log" 2>&1
    echo "$(date -u +%H:%M:%S) $target ended with $?" >>"$logs/run.log"
done
