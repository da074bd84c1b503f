// A server on Node: "reused" fills one Buffer for each answer while an earlier one is still on its
// way (nodejs/node#26607); "right" takes a fresh one.
const http = require('http')
const mode = process.argv[3]
const shared = Buffer.alloc(8 << 20)
let answers = 0
function fillAnswer(buffer) { buffer.fill(97 + answers++ % 26) }
const server = http.createServer((request, response) => {
  const size = Number(request.url.slice(1)) || 0
  const body = mode === 'reused' ? shared.subarray(0, size) : Buffer.alloc(size)
  fillAnswer(body)
  response.setHeader('Content-Length', size)
  response.end(body)
})
server.listen(Number(process.argv[2]), '127.0.0.1', () => console.log(server.address().port))
process.on('SIGTERM', () => process.exit(0))
