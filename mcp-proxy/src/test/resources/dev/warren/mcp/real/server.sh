#!/bin/sh
# A server of the older family with one tool, which says what it is told.
while IFS= read -r line; do
  id=$(printf '%s\n' "$line" | sed -n 's/.*"id":\([0-9][0-9]*\).*/\1/p')
  [ -n "$id" ] || continue
  case $line in
    *'"method":"initialize"'*)
      outcome='"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{}},"serverInfo":{"name":"shell","version":"1"}}'
      ;;
    *'"method":"tools/list"'*)
      outcome='"result":{"tools":[{"name":"say","inputSchema":{"type":"object"}}]}'
      ;;
    *'"method":"tools/call"'*)
      text=$(printf '%s\n' "$line" | sed -n 's/.*"text":"\([^"]*\)".*/\1/p')
      outcome="\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"$text\"}]}"
      ;;
    *) outcome='"error":{"code":-32601,"message":"no such method"}' ;;
  esac
  printf '{"jsonrpc":"2.0","id":%s,%s}\n' "$id" "$outcome"
done
