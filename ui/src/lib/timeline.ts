// One colour for each kind of entry in a session's timeline.
import type { TimelineEntry } from '@wagate/api/timeline.ts'
import type { Tone } from './tone.ts'

const tones: Record<TimelineEntry['type'], Tone> = {
  created: 'idle',
  qr_shown: 'idle',
  code_shown: 'idle',
  linked: 'good',
  connected: 'good',
  disconnected: 'warn',
  moved: 'busy',
  proxy_recovered: 'good',
  paused: 'warn',
  restricted: 'warn',
  unrestricted: 'good',
  closed: 'bad',
  restart_asked: 'busy',
  logout_asked: 'busy',
  code_asked: 'busy',
  renamed: 'idle',
  pace_changed: 'idle',
  proxy_changed: 'idle',
  settings_changed: 'idle',
  move_ordered: 'busy',
}

export const toneOfEntry = ({ type }: Pick<TimelineEntry, 'type'>): Tone => tones[type]
