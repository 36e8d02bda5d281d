#!/usr/bin/env python3
"""Runs the shards of a `jumeau` import on a Dask cluster.

    pip install "dask[distributed]"
    python deploy/dask_import.py SOURCES --work WORK --out TERRITORY [--jumeau PROGRAM]
                                 [--scheduler tcp://host:8786 | --workers 2] [-- options of jumeau plan]

The folder WORK must be the same for all workers. A shard whose worker dies is run again by another;
`jumeau work` is idempotent, so running one twice does no harm.
"""

import argparse
import json
import subprocess
import sys

from dask.distributed import Client, LocalCluster, as_completed

# A shard is given up after so many workers died on it.
RETRIES = 3


def run(command):
    """Runs a command and returns its JSON; what it says goes with the error."""
    done = subprocess.run(command, capture_output=True, text=True)
    # 1 says that the data have faults, which the report names.
    if done.returncode not in (0, 1):
        raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def work(program, folder, shard, threads):
    return run([program, "work", folder, "--shard", str(shard), "--threads", str(threads), "--json"])


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("sources", nargs="+")
    arguments.add_argument("--work", required=True, help="folder that all workers see")
    arguments.add_argument("--out", required=True, help="folder of the territory")
    arguments.add_argument("--jumeau", default="jumeau", help="the program, at the same path on all machines")
    arguments.add_argument("--scheduler", help="address of a running Dask scheduler; a local cluster otherwise")
    arguments.add_argument("--workers", type=int, default=2, help="workers of the local cluster")
    arguments.add_argument("--threads", type=int, default=1, help="threads of one shard")
    own = sys.argv[1:]
    rest = own[own.index("--") + 1 :] if "--" in own else []
    given = arguments.parse_args(own[: own.index("--")] if "--" in own else own)

    plan = run([given.jumeau, "plan", *given.sources, "--work", given.work, "--json", *rest])
    if given.scheduler:
        client = Client(given.scheduler)
    else:
        client = Client(LocalCluster(n_workers=given.workers, threads_per_worker=1, dashboard_address=None))
    with client:
        # Dask itself runs a task again when its worker dies; `retries` is for those that fail.
        tasks = [
            client.submit(work, given.jumeau, given.work, shard, given.threads, retries=RETRIES, pure=False)
            for shard in range(plan["shards"])
        ]
        for number, task in enumerate(as_completed(tasks), 1):
            done = task.result()
            print(f"{number}/{len(tasks)}: shard {done['shard']}, {done['tiles']} tiles", file=sys.stderr)
    json.dump(run([given.jumeau, "merge", given.work, "--out", given.out, "--json"]), sys.stdout, indent=2)
    print()


if __name__ == "__main__":
    main()
