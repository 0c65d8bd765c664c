/** One client's WebSocket: Noise inside, frames in and out, nodes to the outside. It knows nothing of accounts. */
import type { WebSocket } from 'ws'
import { createFrameReader, frameHeader } from '../noise/frames.ts'
import { createServerHandshake, type FinishedHandshake } from '../noise/handshake.ts'
import type { Transport } from '../noise/transport.ts'
import { decodeNode, encodeNode } from '../wire/codec.ts'
import type { BinaryNode } from '../wire/node.ts'

export type ConnectionDeps = {
  socket: WebSocket
  serverStatic: { public: Uint8Array; private: Uint8Array }
  certificateChain: Uint8Array
  onHandshake: (connection: Connection, finished: FinishedHandshake) => void
  onNode: (connection: Connection, node: BinaryNode) => void
  onClose: (connection: Connection) => void
  /** What arrives of this node, how often (0 when it is lost, 1 when nothing is wrong), and how late. */
  outgoingFault: (connection: Connection, node: BinaryNode) => { arriving: BinaryNode; copies: number; delayMs: number }
  nowMs: () => number
}

export class Connection {
  /** When bytes last came in, for the sweep of dead connections. */
  lastHeardMs: number
  readonly #deps: ConnectionDeps
  readonly #reader = createFrameReader()
  #handshake: ReturnType<typeof createServerHandshake> | undefined
  #saidHello = false
  #transport: Transport | undefined
  #outbox: Buffer[] = []
  #late: { node: BinaryNode; dueMs: number }[] = []
  #lateTimer: NodeJS.Timeout | undefined
  #isEnding = false

  constructor(deps: ConnectionDeps) {
    this.#deps = deps
    this.#handshake = createServerHandshake(deps.serverStatic, deps.certificateChain)
    this.lastHeardMs = deps.nowMs()
    deps.socket.on('message', (data) => this.#receive(data as Buffer))
    deps.socket.on('close', () => deps.onClose(this))
    // 'close' always follows an error; without a listener the process would end.
    deps.socket.on('error', () => {})
  }

  isLinkedUp(): boolean {
    return this.#transport !== undefined
  }

  /** Sends a node, later if a delay was asked for. Order is kept. */
  send(node: BinaryNode): void {
    if (this.#isEnding) return
    const { arriving, copies, delayMs } = this.#deps.outgoingFault(this, node)
    for (let copy = 0; copy < copies; copy++) {
      if (delayMs === 0 && this.#late.length === 0) this.#write(arriving)
      else this.#late.push({ node: arriving, dueMs: this.#deps.nowMs() + delayMs })
    }
    if (this.#late.length > 0 && !this.#lateTimer) this.#waitForLate()
  }

  // One timer for the oldest: timers of slightly different lengths may fire in another order than they were set in.
  #waitForLate(): void {
    const [oldest] = this.#late
    this.#lateTimer = oldest && setTimeout(() => this.#writeLate(), Math.max(0, oldest.dueMs - this.#deps.nowMs()))
  }

  #writeLate(): void {
    const nowMs = this.#deps.nowMs()
    while (this.#late[0] && this.#late[0].dueMs <= nowMs) {
      const due = this.#late.shift()
      if (due) this.#write(due.node)
    }
    this.#waitForLate()
  }

  /** Sends a last node past every delay and closes in good order. */
  end(lastWords?: BinaryNode): void {
    if (this.#isEnding) return
    if (lastWords && this.#transport) this.#write(lastWords)
    this.#isEnding = true
    this.#flush()
    this.#deps.socket.close()
  }

  /** Cuts the connection as a broken network would. */
  terminate(): void {
    this.#isEnding = true
    this.#deps.socket.terminate()
  }

  #receive(data: Buffer): void {
    this.lastHeardMs = this.#deps.nowMs()
    try {
      for (const frame of this.#reader.push(data)) this.#handleFrame(frame)
    } catch {
      // Bytes that are no frame, or do not decrypt, or are no node: nothing after them can be read either.
      this.terminate()
    }
  }

  #handleFrame(frame: Buffer): void {
    if (this.#transport) {
      const node = decodeNode(this.#transport.decrypt(frame))
      if (!this.#isEnding) this.#deps.onNode(this, node)
      return
    }
    if (!this.#handshake) throw new Error('the handshake is over')
    if (!this.#saidHello) {
      this.#saidHello = true
      this.#queue(Buffer.from(this.#handshake.answerHello(frame)))
      return
    }
    const finished = this.#handshake.finish(frame)
    this.#transport = finished.transport
    this.#handshake = undefined
    this.#deps.onHandshake(this, finished)
  }

  #write(node: BinaryNode): void {
    if (this.#isEnding || !this.#transport) return
    this.#queue(this.#transport.encrypt(encodeNode(node)))
  }

  // Frames of one turn of the event loop leave in one WebSocket message: one system call instead of many.
  #queue(payload: Buffer): void {
    if (this.#outbox.length === 0) setImmediate(() => this.#flush())
    this.#outbox.push(frameHeader(payload.length), payload)
  }

  #flush(): void {
    if (this.#outbox.length === 0) return
    const bytes = Buffer.concat(this.#outbox)
    this.#outbox = []
    if (this.#deps.socket.readyState === this.#deps.socket.OPEN) this.#deps.socket.send(bytes)
  }
}
