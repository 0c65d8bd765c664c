// Objects in S3 or something that speaks it: snapshots of sessions, media.
import { Readable } from 'node:stream'
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'

export type ObjectStoreOptions = {
  endpoint: string
  bucket: string
  region: string
  accessKeyId: string
  secretAccessKey: string
}

export type ObjectInfo = { sizeBytes: number; contentType?: string; modifiedAt?: Date }

type Bounded = {
  /** Ends the request when it aborts. */
  signal?: AbortSignal
}

export type ObjectStore = {
  /**
   * Bytes go in one request; a stream of unknown length goes in parts (of 5 MiB unless told, 10,000 at most), of which two are in memory.
   * A stream that fails leaves no object.
   */
  put(
    key: string,
    body: Uint8Array | Readable,
    options?: { contentType?: string; partBytes?: number } & Bounded,
  ): Promise<void>
  /** Undefined when there is none. Read the body to its end or destroy it: it holds a connection. */
  get(key: string): Promise<(ObjectInfo & { body: Readable }) | undefined>
  /** For small objects, whole. */
  getBytes(key: string, options?: Bounded): Promise<Uint8Array | undefined>
  head(key: string): Promise<ObjectInfo | undefined>
  /** Deleting what is not there is no error. */
  delete(key: string, options?: Bounded): Promise<void>
  /** Keys that start with the prefix, in order. */
  list(prefix: string, options?: Bounded): AsyncIterable<string>
  close(): void
}

/** Opens no connection by itself. Every request is tried 3 times. */
export function objectStore(options: ObjectStoreOptions): ObjectStore {
  const { bucket: Bucket } = options
  const client = new S3Client({
    endpoint: options.endpoint,
    region: options.region,
    credentials: { accessKeyId: options.accessKeyId, secretAccessKey: options.secretAccessKey },
    forcePathStyle: true,
    // The SDK's default appends a checksum trailer to streamed uploads, which servers that do not know it store as content.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 5_000, requestTimeout: 60_000 },
  })

  const get = async (key: string, { signal }: Bounded = {}) => {
    try {
      const answer = await client.send(new GetObjectCommand({ Bucket, Key: key }), aborting(signal))
      if (!(answer.Body instanceof Readable)) throw new Error('the object store answered without a body')
      return { ...infoOf(answer), body: answer.Body }
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  return {
    async put(key, body, { contentType = 'application/octet-stream', partBytes, signal } = {}) {
      const params = { Bucket, Key: key, Body: body, ContentType: contentType }
      if (body instanceof Uint8Array) await client.send(new PutObjectCommand(params), aborting(signal))
      else await new Upload({ client, params, queueSize: 2, ...(partBytes ? { partSize: partBytes } : {}) }).done()
    },
    get: (key) => get(key),
    async getBytes(key, options) {
      const found = await get(key, options)
      return found && new Uint8Array(Buffer.concat(await found.body.toArray(options)))
    },
    async head(key) {
      try {
        return infoOf(await client.send(new HeadObjectCommand({ Bucket, Key: key })))
      } catch (error) {
        if (isMissing(error)) return undefined
        throw error
      }
    },
    async delete(key, { signal } = {}) {
      await client.send(new DeleteObjectCommand({ Bucket, Key: key }), aborting(signal))
    },
    async *list(prefix, { signal } = {}) {
      let token: string | undefined
      do {
        const page = await client.send(
          new ListObjectsV2Command({ Bucket, Prefix: prefix, ...(token ? { ContinuationToken: token } : {}) }),
          aborting(signal),
        )
        for (const { Key } of page.Contents ?? []) if (Key !== undefined) yield Key
        token = page.NextContinuationToken
      } while (token)
    },
    close: () => client.destroy(),
  }
}

const aborting = (signal: AbortSignal | undefined) => (signal ? { abortSignal: signal } : {})

const isMissing = (error: unknown): boolean => error instanceof NoSuchKey || error instanceof NotFound

const infoOf = (answer: {
  ContentLength?: number | undefined
  ContentType?: string | undefined
  LastModified?: Date | undefined
}): ObjectInfo => ({
  sizeBytes: answer.ContentLength ?? 0,
  ...(answer.ContentType === undefined ? {} : { contentType: answer.ContentType }),
  ...(answer.LastModified === undefined ? {} : { modifiedAt: answer.LastModified }),
})
