#!/bin/bash
# Installs SageMaker Governance for JupyterLab when a Studio app starts.
#
# SPDX-License-Identifier: BSD-3-Clause
#
# A lifecycle configuration of app type JupyterLab, best attached as built-in
# (BuiltInLifecycleConfigArn): /opt/conda is new at every start. It needs no internet:
# one wheel from S3, whose SHA-256 is pinned. The execution role needs s3:GetObject on
# it, and kms:Decrypt for a key of your own.
#
# A script that fails would keep the app from starting: therefore no "set -e", and
# always exit 0. One line, "sagemaker-governance: " and DONE, SKIPPED or ERROR, says
# what happened and what to do (CloudWatch: /aws/sagemaker/studio, stream
# .../LifecycleConfigOnStart).
#
# shellcheck disable=SC2329  # functions that each_link calls

set -u

# User variables
BUCKET=''  # S3 bucket of the wheel, in the region of the domain
KEY=''     # .../jupyterlab_sagemaker_governance-X-py3-none-any.whl
SHA256=''  # of the wheel: sha256sum FILE
VERSION='' # for the log only
# {"SageMakerGovernance": {"connections": [...]}}, or nothing for the own account's
# registry only; secrets only as references.
CONFIG=''
ACTION='' # uninstall: take it all away, from the user's volume too

# System variables [do not change if not needed]; the remarks are in the package
PREFIX="${SG_PREFIX:-/opt/conda}"
METADATA="${SG_METADATA:-/opt/ml/metadata/resource-metadata.json}"
LOG_FILE="${SG_LOG_FILE:-/var/log/apps/app_container.log}"
# Seconds; Studio gives up at 300.
LIMIT="${SG_LIMIT:-240}"
CACHE_DIR="${HOME:=/home/sagemaker-user}/.cache/sagemaker-governance"
# Ends with the container, as all of PREFIX does.
STATE_DIR="$PREFIX/var/sagemaker-governance"
CURRENT="$STATE_DIR/current"
LABEXTENSION=share/jupyter/labextensions/jupyterlab-sagemaker-governance
PARTS=("$LABEXTENSION" etc/jupyter/jupyter_server_config.d/sagemaker_governance.json
  bin/jupyter-sagemaker-governance)

# The user's own settings, on the volume, are not for this; every user reads what is
# installed.
umask 022
export PIP_CONFIG_FILE=/dev/null AWS_CONFIG_FILE=/dev/null
export AWS_SHARED_CREDENTIALS_FILE=/dev/null
unset AWS_PROFILE AWS_DEFAULT_PROFILE

notes=''
note() { notes="$notes $*"; }

log() {
  local line="sagemaker-governance: $*$notes"
  {
    printf '%s\n' "$line"
    [ -w "$LOG_FILE" ] && printf '%s\n' "$line" >>"$LOG_FILE"
  } 2>/dev/null
  return 0
}

end() {
  log "$@"
  exit 0
}

fail() {
  [ -z "${stage:-}" ] || rm -rf "$stage"
  case "$*" in
    *'No space left'* | *'Disk quota'*) note 'Free space there, or enlarge the volume.' ;;
  esac
  end "ERROR $*"
}

# Where it was when the time ran out.
step() { { printf '%s' "$*" >"$STATE_DIR/step"; } 2>/dev/null; }

# The end of a tool's output, on one line.
brief() { tr -s '[:space:][:cntrl:]' ' ' | tail -c 300; }

# -I: nothing from the user's folders or variables.
python() { timeout -k 5 90 "$PREFIX/bin/python" -I "$@" 9>&-; }

matches() { printf '%s  %s\n' "$SHA256" "$1" | sha256sum --check --status 2>/dev/null; }

check_place() {
  local type="${SAGEMAKER_APP_TYPE:-}"
  case "${SAGEMAKER_RECOVERY_MODE:-}" in
    '' | 0 | false | False) ;;
    *) end 'SKIPPED the app runs in recovery mode.' ;;
  esac
  if [ -r "$METADATA" ]; then
    ! grep -Eq '"DataZone[A-Za-z]*"[[:space:]]*:' "$METADATA" ||
      end 'SKIPPED this is SageMaker Unified Studio, which is not supported.'
    [ -n "$type" ] ||
      type="$(sed -n 's/.*"AppType"[[:space:]]*:[[:space:]]*"\([^"]*\)".*/\1/p' "$METADATA" | head -n 1)"
  fi
  [ "$type" = JupyterLab ] ||
    end "SKIPPED the app type is '${type:-unknown}'; only JupyterLab is supported."
}

check_variables() {
  [[ $BUCKET && $KEY && $SHA256 =~ ^[0-9a-f]{64}$ ]] ||
    fail 'BUCKET, KEY and SHA256 (64 lower-case digits) are not all set at the top of this script.'
  command -v aws >/dev/null || fail 'the command aws is not in this image.'
  [ -z "$CONFIG" ] || python -c 'import json, sys
assert isinstance(json.load(sys.stdin)["SageMakerGovernance"], dict)' <<<"$CONFIG" 2>/dev/null ||
    fail 'CONFIG, at the top of this script, is not JSON with the object "SageMakerGovernance".'
}

find_places() {
  local told
  told="$(python -c 'import site, sysconfig
print(sysconfig.get_paths()["purelib"], site.getusersitepackages(), sep="\n")' 2>&1)" ||
    fail "the Python in $PREFIX does not start. $(brief <<<"$told")"
  # Before these two lines stand warnings, of a .pth file for instance.
  user_site="${told##*$'\n'}" told="${told%$'\n'*}"
  site="${told##*$'\n'}"
}

# A version is unpacked beside the one in use. Jupyter finds it by links through one
# link, "current"; renaming that is the only step that changes the lab.
# each_link COMMAND, which takes a link and its target
each_link() {
  local at
  for at in "${PARTS[@]}"; do "$1" "$PREFIX/$at" "$CURRENT/lib/$at"; done
  "$1" "$site/sagemaker-governance.pth" "$CURRENT/lib.pth"
  "$1" "$PREFIX/etc/jupyter/jupyter_sagemaker_governance_config.json" "$CURRENT/config.json"
}

check_link() {
  [ "$(readlink "$1")" = "$2" ] || { [ ! -e "$1" ] && [ ! -L "$1" ]; } ||
    fail "$1 is there already and not of this installer: left as it is. Take it out of the image, or detach this script."
}

make_link() {
  [ -L "$1" ] || { mkdir -p "${1%/*}" && ln -s "$2" "$1"; } 2>/dev/null || {
    [ -e "$CURRENT" ] || each_link remove_link
    fail "$1 $unwritable"
  }
}

remove_link() { [ "$(readlink "$1")" != "$2" ] || rm -f "$1"; }

# One installer at a time; the lock ends with its process.
lock() {
  unwritable="cannot be written by $(id -un): let the image give $PREFIX to that user."
  { mkdir -p "$STATE_DIR" && [ -w "$STATE_DIR" ] && [ -w "$site" ]; } 2>/dev/null ||
    fail "$PREFIX $unwritable"
  step 'waiting for another installer'
  { exec 9>"$STATE_DIR/lock" && flock 9; } 2>/dev/null
  clean
}

# What is out of use, and what a killed installer left.
clean() {
  local folder
  for folder in "$STATE_DIR"/v.*; do
    [ "$folder" = "$(readlink "$CURRENT")" ] || rm -rf "$folder"
  done
  rm -f "$CURRENT.next"
}

# download FILE
download() {
  local said
  step "downloading $from"
  if said="$(AWS_MAX_ATTEMPTS=3 timeout -k 5 120 aws s3 cp "$from" "$1" \
    --only-show-errors --cli-connect-timeout 10 --cli-read-timeout 30 2>&1 9>&-)"; then
    return 0
  elif [ $? -ge 124 ]; then
    said='timeout: 120 s'
  fi
  said="$(brief <<<"${said//"$KEY"/KEY}")"
  case "${said//"$BUCKET"/}" in
    *kms:* | *KMS*)
      fail "the key of $from may not be used: give the execution role kms:Decrypt on it. $said"
      ;;
    *'(403)'* | *AccessDenied* | *Forbidden*)
      fail "S3 denied $from: role, bucket policy and endpoint policy must allow s3:GetObject on it. $said"
      ;;
    *'(404)'* | *NoSuch* | *'Not Found'*)
      fail "there is no $from: upload the wheel, or correct BUCKET and KEY. $said"
      ;;
    *[Cc]onnect* | *time* | *resolve*)
      fail "S3 cannot be reached for $from: a VPC-only domain needs an S3 gateway endpoint, and the bucket in its region. $said"
      ;;
    *) fail "downloading $from failed. $said" ;;
  esac
}

# What is verified is a copy of our own, from the user's volume or from S3.
fetch() {
  local cached="$CACHE_DIR/$SHA256/${KEY##*/}" from="s3://$BUCKET/$KEY"
  wheel="$stage/${KEY##*/}"
  if [ -f "$cached" ] && cp "$cached" "$wheel" 2>/dev/null; then
    matches "$wheel" && return 0
    note 'The wheel kept on the volume was altered, it was downloaded again.'
  fi
  download "$wheel"
  matches "$wheel" ||
    fail "the wheel in $from is not the pinned one (SHA-256 $(sha256sum <"$wheel" | cut -c 1-64)). Was it replaced or cut off?"
  # A full volume must not stop the installation.
  {
    rm -rf "$CACHE_DIR" && mkdir -p "${cached%/*}" &&
      cp "$wheel" "$cached.part" && mv "$cached.part" "$cached"
  } 2>/dev/null || {
    rm -rf "$CACHE_DIR"
    note "The wheel could not be kept in $CACHE_DIR (is the volume full?)."
  } 2>/dev/null
}

unpack() {
  local said full="$STATE_DIR cannot be written: No space left?"
  { stage="$(mktemp -d "$STATE_DIR/v.XXXXXX")" && chmod 755 "$stage" && mkdir "$stage/tmp"; } 2>/dev/null ||
    fail "$full"
  fetch
  step 'running pip'
  said="$(TMPDIR="$stage/tmp" python -m pip --isolated --disable-pip-version-check install --quiet \
    --no-index --no-deps --no-cache-dir --target "$stage/lib" "$wheel" 2>&1)" ||
    fail "pip could not install the wheel. $(brief <<<"$said")"
  said="$(python -c '
import re, sys
from importlib import metadata
sys.path.insert(0, sys.argv[1])
import sagemaker_governance
for need in metadata.requires("jupyterlab-sagemaker-governance"):
    if "extra" not in need:
        metadata.version(re.match(r"[\w.-]+", need)[0])
assert metadata.version("jupyterlab")[:2] == "4.", "JupyterLab is not 4."
open(sys.argv[1] + "/'"$LABEXTENSION"'/package.json")
' "$stage/lib" 2>&1)" ||
    fail "the extension does not load in this image (Python 3.10, JupyterLab 4?). $(brief <<<"$said")"
  rm -rf "$wheel" "$stage/tmp"
  { echo "$CURRENT/lib" >"$stage/lib.pth" && printf '%s\n' "${CONFIG:-{\}}" >"$stage/config.json" &&
    echo "$wanted" >"$stage/wanted"; } 2>/dev/null || fail "$full"
}

# Links that lead nowhere, before the first "current", are passed over by Jupyter.
use() {
  each_link make_link
  { ln -s "$stage" "$CURRENT.next" && mv -T "$CURRENT.next" "$CURRENT"; } 2>/dev/null ||
    fail "$CURRENT cannot be written."
  stage=''
}

# Python and Jupyter prefer what is in the user's folders.
remove_leftovers() {
  local copy
  for copy in "$user_site"/{sagemaker_governance,{,_,__editable__.}jupyterlab_sagemaker_governance*} \
    "${PARTS[@]/#/$HOME/.local/}"; do
    [ -e "$copy" ] || [ -L "$copy" ] || continue
    if rm -rf "$copy" 2>/dev/null; then
      note "Removed $copy, which hid this version."
      rm -f "$CURRENT/restarted"
    else
      note "$copy hides this version: remove it."
    fi
  done
}

# The server may be up already.
restart() {
  step 'restarting the server'
  if timeout 10 restart-jupyter-server >/dev/null 2>&1 9>&-; then
    : >"$CURRENT/restarted"
    note 'The server restarts.'
  else
    note 'The server could not be restarted: if the panel is missing, restart the app.'
  fi
}

uninstall() {
  each_link remove_link
  rm -rf "$STATE_DIR" "$CACHE_DIR" 2>/dev/null ||
    fail "$STATE_DIR or $CACHE_DIR could not be removed."
  rmdir "${STATE_DIR%/*}" 2>/dev/null
  end 'DONE everything was taken away; a running server keeps it until its restart.'
}

main() {
  local wanted what="DONE version $VERSION is installed already;"
  check_place
  find_places
  [ "$ACTION" != uninstall ] || uninstall
  check_variables
  lock
  each_link check_link
  wanted="$SHA256 $(sha256sum <<<"$CONFIG")"
  if [ "$(cat "$CURRENT/wanted" 2>/dev/null)" != "$wanted" ]; then
    unpack
    use
    what="DONE version $VERSION installed in $SECONDS s."
  fi
  remove_leftovers
  [ -e "$CURRENT/restarted" ] || restart
  clean
  [ -n "$notes" ] || note 'nothing changed.'
  end "$what"
}

# Nobody may be listening.
trap '' PIPE
[ "${1:-}" != inner ] || main
trap : HUP INT TERM
timeout -k 5 "$LIMIT" bash "${BASH_SOURCE[0]:-}" inner
code=$?
case $code in
  0) ;;
  124 | 137) log "ERROR gave up after $LIMIT s while $(cat "$STATE_DIR/step" 2>/dev/null). The lab starts all the same." ;;
  *) log "ERROR the installer ended unexpectedly (exit code $code; it must be a file). The lab starts all the same." ;;
esac
exit 0
