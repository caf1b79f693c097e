# Builds a program of the build tree when it is absent or older than its sources. To be sourced after host.sh.

# Usage: need_built MODULE [MVN-FLAG...]; leaves MODULE/target/quorate-MODULE.jar and MODULE/target/lib.
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
