// A server of both families of the protocol. The SDK says which one a client speaks.
import { McpServer, inputRequired, acceptedContent } from '@modelcontextprotocol/server';
import { serveStdio } from '@modelcontextprotocol/server/stdio';
import { z } from 'zod';

const text = (value) => ({ content: [{ type: 'text', text: String(value) }] });

serveStdio(() => {
  const server = new McpServer({ name: 'dual-era', version: '1.0.0' }, { capabilities: { tools: { listChanged: true } } });
  server.registerTool('add', { inputSchema: z.object({ a: z.number(), b: z.number() }) }, async ({ a, b }) => text(a + b));
  server.registerTool('grow', {}, async () => {
    server.registerTool('grown', {}, async () => text('grown'));
    return text('there is one more');
  });
  server.registerTool('greet', {}, async (ctx) => {
    const answer = acceptedContent(ctx.mcpReq.inputResponses, 'who');
    if (answer) return text('Hello ' + answer.name);
    return inputRequired({
      inputRequests: {
        who: inputRequired.elicit({
          message: 'Who are you?',
          requestedSchema: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
        }),
      },
    });
  });
  return server;
});
