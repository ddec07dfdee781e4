// Command echo is the MCP server of the benchmark: it answers initialize, ping and tools/call, and
// does as little else as it can, so that what is measured is the client.
package main

import (
	"bufio"
	"encoding/json"
	"os"
)

type message struct {
	ID     json.RawMessage `json:"id"`
	Method string          `json:"method"`
	Params struct {
		ProtocolVersion string          `json:"protocolVersion"`
		Arguments       json.RawMessage `json:"arguments"`
	} `json:"params"`
}

func main() {
	in := bufio.NewReaderSize(os.Stdin, 256<<10)
	out := bufio.NewWriterSize(os.Stdout, 256<<10)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var m message
		if json.Unmarshal(line, &m) != nil || m.ID == nil {
			continue
		}
		out.WriteString(`{"jsonrpc":"2.0","id":`)
		out.Write(m.ID)
		switch m.Method {
		case "initialize":
			out.WriteString(`,"result":{"protocolVersion":"` + m.Params.ProtocolVersion +
				`","capabilities":{"tools":{}},"serverInfo":{"name":"echo","version":"1"}}}`)
		case "tools/call":
			text, _ := json.Marshal(string(m.Params.Arguments))
			out.WriteString(`,"result":{"content":[{"type":"text","text":`)
			out.Write(text)
			out.WriteString(`}]}}`)
		case "ping":
			out.WriteString(`,"result":{}}`)
		default:
			out.WriteString(`,"error":{"code":-32601,"message":"Method not found"}}`)
		}
		out.WriteByte('\n')
		// What waits in the pipe is answered together with this.
		if in.Buffered() == 0 && out.Flush() != nil {
			return
		}
	}
}
