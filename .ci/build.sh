# Builds programs and packages of the build tree. To be sourced after host.sh.

# Usage: need_built MODULE [MVN-FLAG...]; builds it when it is absent or older than its sources; leaves MODULE/target/quorate-MODULE.jar and MODULE/target/lib.
need_built() {
  local module=$1
  shift
  local jar=$module/target/quorate-$module.jar
  if [ -f "$jar" ] && [ -d "$module/target/lib" ] && ! newer_sources "$jar"; then
    return 0
  fi
  need_jdk25
  say "== building $module (the first time downloads its libraries, which can take minutes)"
  local started=$SECONDS
  sh ./mvnw -B -ntp "$@" -pl "$module" -am package -Dmaven.test.skip=true -Ddeb.skip=true </dev/null >&2 ||
    { say "== the build failed"; exit 1; }
  # Maven leaves a jar alone if its content did not change; its time says when it was last found current.
  touch "$jar"
  say "== built in $((SECONDS - started)) s"
}

newer_sources() {
  [ -n "$(find pom.xml .mvn ./*/pom.xml ./*/src/main -newer "$1" -type f -print -quit 2>/dev/null)" ]
}

# Builds the packages once more, elsewhere, and compares them with those of this tree byte by byte.
same_packages() {
  local elsewhere status=0 package
  elsewhere=$(mktemp -d)
  say "== building the packages once more, elsewhere"
  git -c safe.directory="$PWD" ls-files -z | tar --create --null --files-from=- | tar --extract --directory="$elsewhere"
  (cd "$elsewhere" && sh ./mvnw -B -ntp -q -pl daemon -am package -Dmaven.test.skip=true -Denforcer.skip=true -Dfmt.skip=true \
    </dev/null) || status=1
  for package in daemon/target/quorate_*_amd64.deb daemon/target/quorate_*_amd64.tar.gz; do
    if [ "$status" = 0 ] && cmp "$package" "$elsewhere/$package"; then
      say "== the same bytes: $(sha256sum "$package")"
    else
      say "== $package is not the same when it is built again"
      status=1
    fi
  done
  rm -rf "$elsewhere"
  return "$status"
}

# Whoever changes something waits for the whole run, and does not wait for more than an hour.
LONGEST_RUN=3600

# Says how long the whole took, in seconds, and if that was too long; on a busy machine it may be nobody's fault.
tell_time() {
  if [ "$1" -gt "$LONGEST_RUN" ]; then
    say "== TOO SLOW: the whole may take $LONGEST_RUN s on two processors that have nothing else to do"
  fi
  say "== the whole took $1 s"
}
