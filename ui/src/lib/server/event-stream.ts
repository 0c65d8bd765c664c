/** A stream of the gateway as it comes; what else it may answer is told by its status. */
export function passOn(answer: Response): Response {
  if (!answer.ok) return new Response(null, { status: answer.status })
  return new Response(answer.body, {
    headers: { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' },
  })
}
