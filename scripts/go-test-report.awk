# Reads the output of `go test -json` and prints what a person wants to see of it: one line for each
# package, and the output of tests that failed. The counts go to the file given as `counts`, as
# "passed failed skipped". A test with subtests counts as its subtests.

function field(name,    start, rest, i, c, value) {
  start = index($0, "\"" name "\":\"")
  if (!start) return ""
  rest = substr($0, start + length(name) + 4)
  value = ""
  for (i = 1; i <= length(rest); i++) {
    c = substr(rest, i, 1)
    if (c == "\"") break
    if (c == "\\") {
      i++
      c = substr(rest, i, 1)
      if (c == "n") c = "\n"
      else if (c == "t") c = "\t"
      else if (c == "u") {
        c = substr(rest, i + 1, 4)
        i += 4
        c = c == "003c" ? "<" : c == "003e" ? ">" : c == "0026" ? "&" : "?"
      }
    }
    value = value c
  }
  return value
}

# Not from the test binary: the go command's own complaints.
!/^\{/ { print; fflush(); next }

{ action = field("Action") }

action == "build-output" { printf "%s", field("Output"); next }

action == "output" {
  key = field("Package") SUBSEP field("Test")
  if (length(output[key]) < 20000) output[key] = output[key] field("Output")
  next
}

action == "pass" || action == "fail" || action == "skip" {
  package = field("Package")
  test = field("Test")
  key = package SUBSEP test
  if (test == "") {
    if (action == "fail") printf "%s", output[key]
    printf "%s  %s%s\n", action == "pass" ? "ok  " : action, package, action == "skip" ? " (no tests)" : ""
  } else {
    result[key] = action
    for (name = test; match(name, /\/[^\/]*$/);) {
      name = substr(name, 1, RSTART - 1)
      has_subtests[package SUBSEP name] = 1
    }
    if (action != "pass") printf "%s", output[key]
  }
  delete output[key]
  fflush()
}

END {
  for (key in result) if (!(key in has_subtests) || result[key] == "fail" && !inherits(key)) total[result[key]]++
  printf "%d %d %d\n", total["pass"], total["fail"], total["skip"] >counts
}

# A parent that failed beside its subtests, and not because of one of them, is a failure of its own.
function inherits(key,    other) {
  for (other in result)
    if (result[other] == "fail" && index(other, key "/") == 1) return 1
  return 0
}
