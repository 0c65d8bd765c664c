CREATE TABLE "service_day" (
	"tenant_id" text NOT NULL,
	"day" date NOT NULL,
	"session_id" text NOT NULL,
	"mode" text NOT NULL,
	"up_ms" bigint DEFAULT 0 NOT NULL,
	"down_ms" bigint DEFAULT 0 NOT NULL,
	"excused_ms" bigint DEFAULT 0 NOT NULL,
	"links_tried" bigint DEFAULT 0 NOT NULL,
	"links_made" bigint DEFAULT 0 NOT NULL,
	"link_ms" bigint DEFAULT 0 NOT NULL,
	"migrations" bigint DEFAULT 0 NOT NULL,
	"migrations_made" bigint DEFAULT 0 NOT NULL,
	"migrations_in_time" bigint DEFAULT 0 NOT NULL,
	"first_sequence" bigint NOT NULL,
	"stream_seq" bigint NOT NULL,
	CONSTRAINT "service_day_tenant_id_day_session_id_pk" PRIMARY KEY("tenant_id","day","session_id")
);
--> statement-breakpoint
ALTER TABLE "session_view" ADD COLUMN "availability" text;--> statement-breakpoint
ALTER TABLE "session_view" ADD COLUMN "availability_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "session_view" ADD COLUMN "link_since" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "session_view" ADD COLUMN "known_sequence" bigint;--> statement-breakpoint

-- What is known of sessions that are here already; from now on it counts. The owner has no policy: for this statement it needs none.
ALTER TABLE session_view NO FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
UPDATE session_view SET
  availability = CASE
    WHEN status = 'connected' THEN 'up'
    WHEN status = 'quarantined' AND reason IN ('replaced', 'temporarily_banned') THEN 'excused'
    ELSE 'down' END,
  availability_since = now(),
  known_sequence = sequence
WHERE deleted_at IS NULL
  AND (status = 'connected'
    OR (status IN ('connecting', 'quarantined') AND (account_phone IS NOT NULL OR account_lid IS NOT NULL)));
--> statement-breakpoint
ALTER TABLE session_view FORCE ROW LEVEL SECURITY;
--> statement-breakpoint

-- A read model: the projector writes, the gateway reads one tenant's rows, the keeper exports and erases.
GRANT SELECT ON service_day TO wagate_api;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON service_day TO wagate_projector;
--> statement-breakpoint
GRANT SELECT, DELETE ON service_day TO wagate_keeper;
--> statement-breakpoint
ALTER TABLE service_day ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY one_tenant ON service_day FOR SELECT TO wagate_api USING (tenant_id = current_tenant_id());
--> statement-breakpoint
CREATE POLICY all_tenants ON service_day TO wagate_projector USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY keeper ON service_day TO wagate_keeper USING (true) WITH CHECK (true);
--> statement-breakpoint

-- Service levels of a tenant by day: what has ended, what still goes on (nothing is written for it), and what became of messages.
CREATE VIEW service_level_day WITH (security_invoker = true) AS
SELECT tenant_id, mode, day,
  sum(up_ms)::float8 AS up_ms, sum(down_ms)::float8 AS down_ms, sum(excused_ms)::float8 AS excused_ms,
  sum(links_tried)::float8 AS links_tried, sum(links_made)::float8 AS links_made, sum(link_ms)::float8 AS link_ms,
  sum(migrations)::float8 AS migrations, sum(migrations_made)::float8 AS migrations_made,
  sum(migrations_in_time)::float8 AS migrations_in_time,
  sum(sent)::float8 AS sent, sum(delivered)::float8 AS delivered, sum(failed)::float8 AS failed
FROM (
  SELECT tenant_id, mode, day, up_ms, down_ms, excused_ms, links_tried, links_made, link_ms,
    migrations, migrations_made, migrations_in_time, 0 AS sent, 0 AS delivered, 0 AS failed
  FROM service_day
  UNION ALL
  SELECT tenant_id, mode, day,
    CASE availability WHEN 'up' THEN ms ELSE 0 END, CASE availability WHEN 'down' THEN ms ELSE 0 END,
    CASE availability WHEN 'excused' THEN ms ELSE 0 END, 0, 0, 0, 0, 0, 0, 0, 0, 0
  FROM (
    SELECT s.tenant_id, s.mode, s.availability, d.day::date AS day,
      greatest(0, extract(epoch FROM least(now(), (d.day + interval '1 day') AT TIME ZONE 'UTC')
        - greatest(s.availability_since, d.day AT TIME ZONE 'UTC')) * 1000)::bigint AS ms
    FROM session_view s CROSS JOIN LATERAL generate_series(
      date_trunc('day', greatest(s.availability_since, now() - interval '400 days') AT TIME ZONE 'UTC'),
      now() AT TIME ZONE 'UTC', interval '1 day') AS d(day)
    WHERE s.availability IS NOT NULL
  ) AS going_on
  UNION ALL
  SELECT tenant_id, mode, day, 0, 0, 0, 0, 0, 0, 0, 0, 0, sent, delivered, failed
  FROM usage_day
) AS figures
GROUP BY tenant_id, mode, day;
--> statement-breakpoint
COMMENT ON VIEW service_level_day IS 'Service levels by tenant, mode and day (UTC), up to now: docs/service-levels.md';
--> statement-breakpoint
GRANT SELECT ON service_level_day TO wagate_api;
--> statement-breakpoint

-- For operators: the same of every account of a customer, in live mode. It names one tenant after another, so row-level security holds for each: no role
-- sees two at once. With the rights of its caller.
CREATE FUNCTION service_levels_by_tenant(first_day date, last_day date)
RETURNS TABLE (tenant_id text, up_ms float8, down_ms float8, excused_ms float8, links_tried float8, links_made float8, link_ms float8,
  migrations float8, migrations_made float8, migrations_in_time float8, sent float8, delivered float8, failed float8)
LANGUAGE plpgsql VOLATILE SET search_path = pg_catalog AS $$
DECLARE
  one text;
BEGIN
  FOR one IN SELECT t.tenant_id FROM public.tenant t WHERE t.erased_at IS NULL AND NOT t.operators ORDER BY t.tenant_id LOOP
    PERFORM set_config('app.tenant_id', one, true);
    RETURN QUERY
      SELECT one, sum(v.up_ms), sum(v.down_ms), sum(v.excused_ms), sum(v.links_tried), sum(v.links_made), sum(v.link_ms),
        sum(v.migrations), sum(v.migrations_made), sum(v.migrations_in_time), sum(v.sent), sum(v.delivered), sum(v.failed)
      FROM public.service_level_day v
      WHERE v.tenant_id = one AND v.mode = 'live' AND v.day BETWEEN first_day AND last_day
      HAVING count(*) > 0;
  END LOOP;
  PERFORM set_config('app.tenant_id', '', true);
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION service_levels_by_tenant(date, date) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION service_levels_by_tenant(date, date) TO wagate_api;
