// The dashboard as a process: the pages that `vite build` made, behind a server that knows how people reach it.
import { createServer } from 'node:http'
import { loadConfig } from './config.ts'

const config = loadConfig(process.env)
// The built handler reads these when it is loaded. By itself it takes every request for one over https.
Object.assign(process.env, {
  PROTOCOL_HEADER: 'x-dashboard-protocol',
  GATEWAY_URL: config.gatewayUrl,
  API_URL: config.apiUrl ?? '',
  DASHBOARD_SECRET: config.dashboardSecret ?? '',
  BODY_SIZE_LIMIT: '64K',
  ...(config.proxyHops > 0 && { ADDRESS_HEADER: 'x-forwarded-for', XFF_DEPTH: String(config.proxyHops) }),
})
const { handler } = (await import('./build/handler.js')) as typeof import('./handler.d.ts')

const server = createServer((request, response) => {
  request.headers['x-dashboard-protocol'] = config.protocol
  // Of files too, which no hook sees.
  response.setHeader('x-content-type-options', 'nosniff')
  handler(request, response, () => response.writeHead(404).end())
})
server.listen(config.port, config.host)

const stop = (): void => {
  server.close(() => process.exit(0))
  server.closeIdleConnections()
  // Whoever follows live events stays connected for hours.
  setTimeout(() => server.closeAllConnections(), 2_000).unref()
}
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
