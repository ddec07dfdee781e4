#!/bin/sh
# An MCP server of one tool, in the shell: each line of stdin is a message of JSON-RPC, and so is
# each line of stdout. Real servers are written with an SDK; this one needs nothing but sh and sed.

forecast() {
  case $1 in
    Oslo) echo "rain, 7 degrees" ;;
    Lima) echo "fog, 18 degrees" ;;
    Cairo) echo "sun, 31 degrees" ;;
    *) return 1 ;;
  esac
}

text() { printf '"result":{"content":[{"type":"text","text":"%s"}],"isError":%s}' "$1" "$2"; }

while IFS= read -r line; do
  id=$(printf '%s\n' "$line" | sed -n 's/.*"id":\([0-9][0-9]*\).*/\1/p')
  [ -n "$id" ] || continue # a notification
  case $line in
    *'"method":"initialize"'*)
      outcome='"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"weather","version":"1.0.0"}}'
      ;;
    *'"method":"tools/list"'*)
      outcome='"result":{"tools":[{"name":"forecast","description":"The weather of a city","inputSchema":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}]}'
      ;;
    *'"method":"tools/call"'*)
      city=$(printf '%s\n' "$line" | sed -n 's/.*"city":"\([A-Za-z]*\)".*/\1/p')
      if weather=$(forecast "$city"); then
        outcome=$(text "$weather" false)
      else
        outcome=$(text "no station there" true)
      fi
      ;;
    *) outcome='"error":{"code":-32601,"message":"no such method"}' ;;
  esac
  printf '{"jsonrpc":"2.0","id":%s,%s}\n' "$id" "$outcome"
done
