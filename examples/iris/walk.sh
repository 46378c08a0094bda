#!/usr/bin/env bash
# All of README.md on a server of its own, in some 40 seconds; python3, or PYTHON, has the packages of requirements.txt.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
export PATH="$PWD/node_modules/.bin:$PATH"
export SLUICE_PREDICT_ADDRESS=127.0.0.1:${PREDICT_PORT:-50051}
export SLUICE_ADMIN_ADDRESS=127.0.0.1:${ADMIN_PORT:-50052}
OUT=$(mktemp -d)
trap 'kill $(jobs -p) 2>"$OUT/kill" || true; wait; rm -r "$OUT"' EXIT
sluice() { (cd "$OUT" && node "$OLDPWD/bin/sluice.js" "$@"); }
step() { printf '\n== %s\n' "$1"; }

step "Train"
"${PYTHON:-python3}" examples/iris/train.py "$OUT/iris-walk"

step "Start"
node src/main.ts --models-dir off --data-dir "$OUT/data" --metrics-address off \
  --admin-metrics-address off >"$OUT/log" 2>&1 &
server=$!
until grep -qs '"event":"settled"' "$OUT/log"; do
  kill -0 "$server" || { cat "$OUT/log"; exit 1; }
  sleep 0.2
done

step "Register and qualify"
sluice register iris:1 iris-walk/iris/1 --wait --metric accuracy=1.0 --description "linear"
sluice register iris:2 iris-walk/iris/2 --wait --metric accuracy=0.9667 --description "forest"
sluice version iris 2

step "Live traffic"
node examples/iris/traffic.mjs >"$OUT/traffic" &
traffic=$!

step "Roll out on evidence"
sluice rollout start iris 2 --steps 20%:5s,50%:5s,100% --bake 5s --metrics error_rate --guardrail "request_p99<=1s" --reason "forest in place of the linear model" --watch
sluice rollout show iris
sluice traffic show iris

step "Go back"
sluice traffic switch iris 1 --wait 30s --reason "the forest names fewer flowers right"
sluice stats iris
kill "$traffic" && wait "$traffic"
cat "$OUT/traffic"

step "Who changed what, and who served whom"
sluice audit --model iris
sluice who-served iris --at 20s --key user-7
sluice audit verify
