#!/usr/bin/env bash
# Runs what the images run, without a Docker engine: the api and a worker in the layout of their Dockerfiles, with
# the variables that these set, on a broker of `./millrace broker`; asks, and stops them as Docker would.
#
#   docker/rehearse.sh                     the images api and worker
#   docker/rehearse.sh --cuda SITE         the image worker.cuda instead, with the folder of Python packages SITE
#                                          (torch 2.7.1 for CUDA 12) as that of PyTorch's image
#
# MILLRACE_MODEL is what the worker serves, as in compose; MILLRACE_DEVICE=cpu has worker.cuda run without a GPU
# (gcc makes a stand-in for its driver).
# Variables of this shell reach both, as those of compose do. Needs Java, Maven, Python and curl.
set -euo pipefail
cd "$(dirname "$0")/.."

image=worker site=
if [ "${1:-}" = --cuda ]; then
  image=worker.cuda site=$(readlink -f "${2:?which folder of packages}")
fi
work=$(mktemp -d)
pids=()
finish() {
  for pid in "${pids[@]}"; do kill "$pid" 2>/dev/null || true; done
  wait
  rm -rf "$work"
}
trap finish EXIT

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# The last stage of a Dockerfile: "env NAME=VALUE" lines, or the words of its command.
last_stage() {
  python3 - "docker/$1.Dockerfile" "$2" <<'PY'
import json, re, shlex, sys
text = open(sys.argv[1]).read().replace("\\\n", " ")
stage = re.split(r"(?m)^FROM ", text)[-1]
if sys.argv[2] == "env":
    for line in re.findall(r"(?m)^ENV (.*)$", stage):
        print("\n".join(shlex.split(line)))
else:
    print("\n".join(json.loads(re.search(r"(?m)^ENTRYPOINT (.*)$", stage)[1])))
PY
}

# Puts what a build has made where an image has it: lay_out IMAGE SERVICE EXCLUDED_ARTIFACT
lay_out() {
  local home=$work/$1
  mkdir -p "$home/app"
  ${MAVEN:-mvn} -B -ntp -q -Dmaven.test.skip=true -Dspotless.check.skip=true -pl "$2" -am package \
    dependency:copy-dependencies -DincludeScope=runtime -Dmdep.prependGroupId=true \
    -DexcludeArtifactIds="$3" -DoutputDirectory="$home/lib"
  mv "$home"/lib/io.millrace.* "$home/app/"
  cp "$2"/target/*.jar "$home/app/"
  cp -r bin "$home/"
}

# Starts an image's command: start IMAGE VARIABLE=VALUE...
start() {
  local home=$work/$1 variables=() command=() line
  while read -r line; do
    case $line in JAVA_HOME=*) continue ;; esac
    line=${line//\/opt\/millrace/$home}
    variables+=("${line//\/var\/lib\/millrace/$work/data}")
  done < <(last_stage "$1" env)
  while read -r line; do command+=("${line//\/opt\/millrace/$home}"); done < <(last_stage "$1" command)
  echo "$1: ${variables[*]} ${*:2} ${command[*]}"
  (cd / && exec env "${variables[@]}" "${@:2}" "${command[@]}") >"$work/$1.log" 2>&1 &
  pids+=($!)
}

await() {
  until curl -fsS -o /dev/null "$1" 2>/dev/null; do
    kill -0 "$2" || { cat "$work"/*.log; exit 1; }
    sleep 1
  done
}

mkdir -p "$work/data"
driver=()
lay_out api api-service none
if [ -n "$site" ]; then
  lay_out worker.cuda worker-service pytorch-native-cpu
  ln -s "$site" "$work/worker.cuda/python"
  # Where there is no driver, something has to stand for it, for libtorch to be loaded.
  if ! ldconfig -p | grep -q libcuda.so.1; then
    mkdir "$work/worker.cuda/cuda"
    driver=(LD_LIBRARY_PATH="$work/worker.cuda/cuda")
    nm -D --undefined-only "$site/torch/lib/libcaffe2_nvrtc.so" \
      | sed -n 's/.* \(cu[A-Z][A-Za-z0-9_]*\)$/int \1(void) { return 100; }/p' \
      | gcc -x c -shared -fPIC -Wl,-soname,libcuda.so.1 -o "$work/worker.cuda/cuda/libcuda.so.1" -
  fi
else
  lay_out worker worker-service none
  # As the build stage of the image does.
  ENGINE_CACHE_DIR=$work/worker/natives OPT_OUT_TRACKING=true \
    java -Dai.djl.offline=true -cp "$work/worker/lib/*" docker/UnpackNatives.java
  chmod -R a-w "$work/worker/natives"
fi

broker=$(free_port) http=$(free_port) health=$(free_port)
./millrace broker --broker-port "$broker" --data-dir "$work/kafka" >"$work/broker.log" 2>&1 &
pids+=($!)
until grep -qs 'broker listens' "$work/broker.log"; do
  kill -0 "${pids[0]}" || { cat "$work/broker.log"; exit 1; }
  sleep 1
done
start api MILLRACE_BOOTSTRAP_SERVERS=127.0.0.1:"$broker" MILLRACE_PORT="$http" MILLRACE_HOST=127.0.0.1
start "$image" "${driver[@]}" MILLRACE_BOOTSTRAP_SERVERS=127.0.0.1:"$broker" MILLRACE_HEALTH_PORT="$health" MILLRACE_HEALTH_HOST=127.0.0.1
await "http://127.0.0.1:$http/health/ready" "${pids[1]}"
await "http://127.0.0.1:$health/health/ready" "${pids[2]}"
curl -fsS "http://127.0.0.1:$http/completion" -d '{"prompt": "The capital of France is", "max_tokens": 5}'
echo
cat "$work/$image.log"
for n in 2 1; do
  kill "${pids[$n]}"
  rc=0
  wait "${pids[$n]}" || rc=$?
  echo "ended with $rc, as Java does on SIGTERM (143)"
  [ "$rc" = 143 ] || [ "$rc" = 0 ]
done
