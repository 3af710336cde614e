#!/bin/bash
# Installs SageMaker Governance for JupyterLab when a Studio app starts.
#
# SPDX-License-Identifier: BSD-3-Clause
#
# OVERVIEW
# A lifecycle configuration of app type JupyterLab, best attached as built-in
# (BuiltInLifecycleConfigArn of the domain). /opt/conda is new at every app start,
# so this runs every time. It needs no internet: one wheel from S3, whose SHA-256
# is pinned below, installed without looking for dependencies.
#
# The execution role needs s3:GetObject on the wheel (and kms:Decrypt when the
# bucket is encrypted with a customer managed key).
#
# A lifecycle configuration that fails keeps the app from starting. Therefore this
# script does not use "set -e" and always exits 0: whatever goes wrong ends in one
# line that begins with "sagemaker-governance: ERROR", and leaves the lab as it was.
# Log: CloudWatch group /aws/sagemaker/studio, stream .../LifecycleConfigOnStart.

set -u

# User variables [update as needed]
BUCKET=''  # S3 bucket of the wheel
KEY=''     # its key, ending in .../jupyterlab_sagemaker_governance-X-py3-none-any.whl
SHA256=''  # of the wheel, 64 hexadecimal digits: sha256sum FILE
VERSION='' # for the log only
# Connections, one JSON object, or nothing for the own account's registry only:
# {"SageMakerGovernance": {"connections": [...]}}; secrets only as references.
CONFIG=''

# System variables [do not change if not needed]
PREFIX="${SG_PREFIX:-/opt/conda}"
METADATA="${SG_METADATA:-/opt/ml/metadata/resource-metadata.json}"
LOG_FILE="${SG_LOG_FILE:-/var/log/apps/app_container.log}"
CACHE_DIR="${SG_CACHE_DIR:-${HOME:-/home/sagemaker-user}/.cache/sagemaker-governance}"
LIMIT="${SG_LIMIT:-240}" # seconds; Studio gives up at 300
PACKAGE=jupyterlab-sagemaker-governance
LABEXTENSION="$PREFIX/share/jupyter/labextensions/$PACKAGE"
CONFIG_FILE="$PREFIX/etc/jupyter/jupyter_sagemaker_governance_config.json"
STATE_DIR="$PREFIX/var/sagemaker-governance" # ends with the container

# The user's own pip and Python settings live on the volume: leave them out.
export PIP_CONFIG_FILE=/dev/null PIP_USER=0 PYTHONNOUSERSITE=1
unset PIP_TARGET PIP_PREFIX PYTHONPATH PYTHONHOME

log() {
  local line
  line="sagemaker-governance: $*"
  printf '%s\n' "$line"
  { [ -w "$LOG_FILE" ] && printf '%s\n' "$line" >>"$LOG_FILE"; } 2>/dev/null
  return 0
}

# End with the one line that says what happened and what to do.
fail() {
  log "ERROR $*"
  exit 1
}

skip() {
  log "SKIPPED $*"
  exit 0
}

# A tool's output on one line, its end, without control characters.
brief() {
  tr -s '[:space:][:cntrl:]' ' ' | tail -c 300
}

matches() {
  local actual
  actual="$(sha256sum "$1" 2>/dev/null)"
  [ "${actual%% *}" = "$SHA256" ]
}

check_place() {
  local app_type="${SAGEMAKER_APP_TYPE:-}"
  case "${SAGEMAKER_RECOVERY_MODE:-}" in
    '' | 0 | false | False) ;;
    *) skip "the app runs in recovery mode." ;;
  esac
  if [ -r "$METADATA" ]; then
    if grep -q '"DataZone' "$METADATA"; then
      skip "this is SageMaker Unified Studio, which is not supported."
    fi
    if [ -z "$app_type" ]; then
      app_type="$(sed -n 's/.*"AppType"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p' "$METADATA" | head -n 1)"
    fi
  fi
  if [ "$app_type" != JupyterLab ]; then
    skip "the app type is '${app_type:-unknown}'; only JupyterLab is supported."
  fi
}

check_variables() {
  local tool
  [ -n "$BUCKET" ] && [ -n "$KEY" ] ||
    fail "BUCKET and KEY are not set. Set them at the top of this script."
  printf '%s' "$SHA256" | grep -Eqx '[0-9a-f]{64}' ||
    fail "SHA256 is not 64 lower-case hexadecimal digits. Set it to the output of sha256sum for the wheel."
  case "$KEY" in
    *.whl) ;;
    *) fail "KEY does not name a wheel (.whl): $KEY" ;;
  esac
  for tool in sha256sum aws; do
    command -v "$tool" >/dev/null || fail "the command $tool is not in this image."
  done
  [ -x "$PREFIX/bin/python" ] || fail "there is no Python in $PREFIX."
  if [ -n "$CONFIG" ]; then
    printf '%s' "$CONFIG" | "$PREFIX/bin/python" -c '
import json, sys
given = json.load(sys.stdin)
assert isinstance(given, dict) and isinstance(given.get("SageMakerGovernance"), dict)
' 2>/dev/null ||
      fail 'CONFIG is not a JSON object with the member "SageMakerGovernance". Correct it at the top of this script.'
  fi
}

download() { # download FILE: put the wheel there
  local said
  if said="$(AWS_MAX_ATTEMPTS=3 timeout -k 5 120 aws s3 cp "s3://$BUCKET/$KEY" "$1" \
    --only-show-errors --cli-connect-timeout 10 --cli-read-timeout 30 2>&1)"; then
    return 0
  elif [ $? -ge 124 ]; then
    fail "S3 did not answer in 120 s for s3://$BUCKET/$KEY. In a VPC-only domain an S3 gateway endpoint is needed."
  fi
  said="$(printf '%s' "$said" | brief)"
  case "$said" in
    *403* | *AccessDenied* | *Forbidden*)
      fail "S3 denied s3://$BUCKET/$KEY. Give the execution role s3:GetObject on arn:aws:s3:::$BUCKET/$KEY (kms:Decrypt too for a customer managed key). $said"
      ;;
    *404* | *NoSuch* | *'Not Found'*)
      fail "there is no s3://$BUCKET/$KEY. Correct BUCKET and KEY, or upload the wheel. $said"
      ;;
    *[Cc]onnect* | *timeout* | *'timed out'* | *resolve*)
      fail "S3 cannot be reached for s3://$BUCKET/$KEY. In a VPC-only domain an S3 gateway endpoint is needed. $said"
      ;;
    *) fail "downloading s3://$BUCKET/$KEY failed. $said" ;;
  esac
}

# Put the wheel, verified, into the work folder. What is verified is a copy that
# nobody else writes, whether it comes from the user's volume or from S3.
fetch() {
  local cached
  wheel="$work/${KEY##*/}"
  cached="$CACHE_DIR/$SHA256/${KEY##*/}"
  if [ -f "$cached" ] && cp "$cached" "$wheel" 2>/dev/null; then
    if matches "$wheel"; then
      log "using the wheel in $CACHE_DIR"
      return 0
    fi
    log "the wheel in $CACHE_DIR was altered; downloading it again"
  fi
  download "$wheel"
  matches "$wheel" ||
    fail "the wheel in s3://$BUCKET/$KEY is not the pinned one (SHA-256 $(sha256sum "$wheel" | cut -c 1-64)). Was it replaced? Nothing was installed."
  # Keeping it only saves time: a full volume must not stop the installation.
  {
    rm -rf "$CACHE_DIR" && mkdir -p "${cached%/*}" &&
      cp "$wheel" "$cached.part" && mv "$cached.part" "$cached"
  } 2>/dev/null || log "the wheel could not be kept in $CACHE_DIR"
}

pip() {
  timeout -k 5 90 "$PREFIX/bin/python" -m pip --disable-pip-version-check "$@"
}

install_wheel() {
  local said
  mkdir -p "$STATE_DIR" 2>/dev/null && [ -w "$STATE_DIR" ] ||
    fail "$PREFIX cannot be written by $(id -un). Nothing was installed."
  # Found by undo() when we are stopped before the end.
  [ -d "$LABEXTENSION" ] || touch "$STATE_DIR/first-install"
  said="$(pip install --quiet --no-index --no-deps --force-reinstall --no-cache-dir \
    --no-warn-script-location "$wheel" 2>&1)" ||
    fail "pip could not install the wheel. $(printf '%s' "$said" | brief)"
  if ! [ -f "$LABEXTENSION/package.json" ] ||
    ! (cd / && "$PREFIX/bin/python" -c 'import sagemaker_governance' 2>/dev/null); then
    fail "the extension does not load after its installation (is the image older than Python 3.10 or JupyterLab 4?)."
  fi
}

write_config() {
  if [ -z "$CONFIG" ]; then
    return 0
  fi
  if ! {
    mkdir -p "${CONFIG_FILE%/*}" && printf '%s\n' "$CONFIG" >"$CONFIG_FILE.part" &&
      mv "$CONFIG_FILE.part" "$CONFIG_FILE"
  } 2>/dev/null; then
    fail "the connections could not be written to $CONFIG_FILE."
  fi
}

# Nothing half: an installation that did not get to its end is taken away.
undo() {
  if [ -e "$STATE_DIR/first-install" ]; then
    pip uninstall --quiet --yes "$PACKAGE" >/dev/null 2>&1
    # Files of a pip that was killed before it recorded them.
    rm -rf "$LABEXTENSION" "$PREFIX/etc/jupyter/jupyter_server_config.d/sagemaker_governance.json"
    rm -f "$STATE_DIR/first-install" "$CONFIG_FILE.part"
  fi
}

main() {
  local wanted
  check_place
  check_variables
  wanted="$SHA256 $(printf '%s' "$CONFIG" | sha256sum | cut -c 1-64)"
  if [ "$(cat "$STATE_DIR/installed" 2>/dev/null)" = "$wanted" ] && [ -d "$LABEXTENSION" ]; then
    log "DONE version $VERSION is installed already; nothing changed."
    exit 0
  fi
  work="$(mktemp -d)" || fail "no temporary folder could be made (is the disk full?)."
  trap 'rm -rf "$work"' EXIT
  fetch
  install_wheel
  write_config
  printf '%s\n' "$wanted" >"$STATE_DIR/installed" || fail "$STATE_DIR cannot be written."
  rm -f "$STATE_DIR/first-install"
  # The server loads its part only at its start; it may be up already.
  if command -v restart-jupyter-server >/dev/null && timeout 20 restart-jupyter-server >/dev/null 2>&1; then
    log "DONE version $VERSION installed in ${SECONDS} s; the server restarts."
  else
    log "DONE version $VERSION installed in ${SECONDS} s. The server could not be restarted: if the panel is missing, restart the app."
  fi
}

if [ "${1:-}" = inner ]; then
  main
  exit 0
fi

timeout -k 5 "$LIMIT" bash "${BASH_SOURCE[0]}" inner
case $? in
  0) ;;
  124 | 137)
    undo
    log "ERROR gave up after $LIMIT s; the step before this line did not end. The lab starts without the extension."
    ;;
  *) undo ;; # the line was logged
esac
exit 0
