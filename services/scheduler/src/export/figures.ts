// Figures by day that an export holds: what was used, and how it was served.
import type { ExportedTable } from './tables.ts'

const streamSeq = { stream_seq: 'a place in our stream' }

export const figureTables: readonly ExportedTable[] = [
  {
    table: 'usage_day',
    file: 'usage',
    columns: [
      'day',
      'session_id',
      'message_type',
      'mode',
      'sent',
      'sent_by_phone',
      'received',
      'failed',
      'unconfirmed',
      'cancelled',
      'expired',
      'delivered',
      'read',
      'played',
      'media_bytes_sent',
      'media_bytes_received',
    ],
    key: { day: 'date', session_id: 'text', message_type: 'text' },
    mode: 'column',
    without: { ...streamSeq, first_sequence: 'a count of our events' },
  },
  {
    table: 'service_day',
    file: 'service-levels',
    columns: [
      'day',
      'session_id',
      'mode',
      'up_ms',
      'down_ms',
      'excused_ms',
      'links_tried',
      'links_made',
      'link_ms',
      'migrations',
      'migrations_made',
      'migrations_in_time',
    ],
    key: { day: 'date', session_id: 'text' },
    mode: 'column',
    without: { ...streamSeq, first_sequence: 'a count of our events' },
  },
  {
    table: 'api_call_day',
    file: 'api-calls',
    columns: ['day', 'mode', 'gateway_id', 'succeeded', 'refused', 'rate_limited', 'failed', 'updated_at'],
    key: { day: 'date', mode: 'text', gateway_id: 'text' },
    mode: 'column',
    without: {},
  },
]
