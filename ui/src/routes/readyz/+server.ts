import { gatewayAnswers } from '#lib/server/gateway.ts'

/** It can do its work: the gateway answers. */
export const GET = async () => {
  const ready = await gatewayAnswers()
  return Response.json({ ready, waitingFor: ready ? [] : ['gateway'] }, { status: ready ? 200 : 503 })
}
