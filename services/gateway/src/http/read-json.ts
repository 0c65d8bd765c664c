// The body of a request: bytes → JSON, within bounds.
import { DomainError } from './problem.ts'

export const maxBodyBytes = 1_048_576

const tooLarge = () =>
  new DomainError('body-too-large', `The body may have at most ${maxBodyBytes} bytes: send less in one request.`)

/** Refuses by the declared length, before a byte is read. */
export function checkDeclaredLength(contentLength: string | undefined): void {
  if (contentLength !== undefined && Number(contentLength) > maxBodyBytes) throw tooLarge()
}

/** The parsed body; undefined when there is none. Throws the problems of a body that is too large, of another type or not JSON. */
export async function readJson(
  request: Request,
  contentType: string | undefined,
  contentLength: string | undefined,
): Promise<unknown> {
  checkDeclaredLength(contentLength)
  const bytes = contentLength === undefined ? await readBounded(request) : await readWhole(request)
  if (bytes.length === 0) return undefined
  if (bytes.length > maxBodyBytes) throw tooLarge()
  if (!contentType || !/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType))
    throw new DomainError(
      'unsupported-media-type',
      'Send the body as JSON, with the header "Content-Type: application/json".',
    )
  try {
    return JSON.parse(decoder.decode(bytes))
  } catch {
    throw new DomainError('malformed-json', 'The body is not JSON in UTF-8: check commas, quotes and brackets.')
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true })

/** Node's server ends the body at the declared length. */
async function readWhole(request: Request): Promise<Uint8Array> {
  try {
    return new Uint8Array(await request.arrayBuffer())
  } catch (cause) {
    throw new DomainError('malformed-json', 'The body ended before its declared length.', { cause })
  }
}

/** Without a declared length (chunked), reading stops at the bound. */
async function readBounded(request: Request): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of request.body ?? []) {
    size += chunk.length
    if (size > maxBodyBytes) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
