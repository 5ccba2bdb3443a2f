#!/usr/bin/env bash
# Builds the Dockerfile where there is no Docker engine and no image registry, then uses the image:
# its service must answer /healthz as uid 1000, grade one answer and run two programs.
#
#   deploy/replay.sh [OPTION OF buildah bud]...
#
# Needs root, buildah, debootstrap and curl. A bare Debian bookworm stands in for the base image,
# which is the same Debian with another build of Python. The options carry what only this machine
# needs: `-v FILE:FILE:ro` a package client's settings, `--build-arg NAME=VALUE` a choice.
# It does not show that a registry's base image works, nor what a container runtime adds.
set -euo pipefail
cd "$(dirname "$0")/.."
export BUILDAH_ISOLATION=chroot
ITEM=batch-vs-layer-norm
work=$(mktemp -d)
container='' service=''

with() { buildah --root "$work/storage" --runroot "$work/run" "$@"; }
inside() { with run "$container" -- "$@"; }
say() { printf '\n\n== %s\n' "$*"; }

finish() {
    local status=$?
    if [ $status -ne 0 ] && [ -f "$work/service.log" ]; then cat "$work/service.log"; fi
    if [ -n "$service" ]; then
        # its own pid: buildah passes no signal on
        inside sh -c 'kill "$(cat /tmp/pid)"' || true
        wait "$service" || true
    fi
    if [ -n "$container" ]; then with rm "$container" >/dev/null; fi
    rm -rf "$work"
}
trap finish EXIT

# a list of the image's settings, one element a line: Cmd, or Healthcheck.Test
setting() {
    with inspect "$container" | python3 -c '
import json, sys
value = json.load(sys.stdin)["Docker"]["config"]
for name in sys.argv[1].split("."):
    value = value[name]
print(*value, sep="\n")' "$1"
}

say "a bare Debian as base image"
debootstrap --variant=minbase --include=ca-certificates,python3,python3-venv \
    bookworm "$work/debian" >"$work/log" || { tail "$work/log"; exit 1; }
mkdir "$work/base"
tar -C "$work/debian" --exclude=./dev/* -cf "$work/base/debian.tar" .
printf 'FROM scratch\nADD debian.tar /\n' >"$work/base/Dockerfile"
with bud -q -t localhost/base "$work/base"
rm -rf "$work/debian" "$work/base"

say "the Dockerfile"
with bud --format docker --pull-never --build-arg BASE=localhost/base -t localhost/interviewer "$@" .
with images localhost/interviewer
container=$(with from --pull-never localhost/interviewer)
test "$(inside id -u)" = 1000

say "the service"
port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
with config --env "INTERVIEWER_PORT=$port" "$container"
mapfile -t command < <(setting Cmd)
inside sh -c 'echo $$ >/tmp/pid && exec "$@"' - "${command[@]}" >"$work/service.log" 2>&1 &
service=$!
mapfile -t check < <(setting Healthcheck.Test)
for _ in $(seq 120); do
    kill -0 "$service"
    if inside "${check[@]:1}" 2>/dev/null; then break; fi
    sleep 1
done
curl -fsS "http://127.0.0.1:$port/healthz"
for _ in $(seq 300); do
    if curl -fsS "http://127.0.0.1:$port/readyz" 2>/dev/null; then break; fi
    sleep 1
done
curl -fsS "http://127.0.0.1:$port/readyz" | grep -q '"ready"'

say "one answer"
python3 -c '
import pathlib, sys, tomllib
print(tomllib.loads(pathlib.Path("bank", sys.argv[1], "item.toml").read_text("utf-8"))["reference"])
' "$ITEM" | inside python -m interviewer grade "$ITEM" --answer - --json | tee "$work/grade.json"
python3 -c '
import json, sys
grade = json.load(open(sys.argv[1]))
assert grade["score"] is not None and grade["judge"]["model"] != "none", grade["judge"]
print("score", grade["score"], "by", grade["judge"]["model"])' "$work/grade.json"

say "two programs"
verdict() {
    inside python -m interviewer run "$ITEM" --code - --json <"$1" |
        python3 -c 'import json, sys; run = json.load(sys.stdin); print(run["verdict"], run["isolation"])'
}
right=$(verdict "bank/$ITEM/solution.py")
wrong=$(verdict "$(find "bank/$ITEM" -name 'wrong_*.py' | sort | head -n 1)")
say "the solution: $right; a wrong program: $wrong"
[[ $right = AC* && $wrong != AC* && $wrong != IE* ]]
say "replayed"
