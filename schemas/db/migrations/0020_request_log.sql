CREATE TABLE "request_log" (
	"tenant_id" text NOT NULL,
	"mode" text NOT NULL,
	"at" timestamp (3) with time zone NOT NULL,
	"entry_id" text NOT NULL,
	"request_id" text NOT NULL,
	"method" text NOT NULL,
	"route" text NOT NULL,
	"path" text NOT NULL,
	"status" smallint NOT NULL,
	"problem" text,
	"actor_kind" text NOT NULL,
	"actor_id" text NOT NULL,
	"duration_ms" real NOT NULL,
	"address" text,
	"user_agent" text,
	CONSTRAINT "request_log_tenant_id_mode_at_entry_id_pk" PRIMARY KEY("tenant_id","mode","at","entry_id")
) PARTITION BY RANGE ("at");
--> statement-breakpoint
CREATE INDEX "request_log_id" ON "request_log" USING btree ("tenant_id","request_id");
--> statement-breakpoint

ALTER TABLE request_log ENABLE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE request_log FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY one_tenant ON request_log TO wagate_api
  USING (tenant_id = current_tenant_id()) WITH CHECK (tenant_id = current_tenant_id());
--> statement-breakpoint
CREATE POLICY keeper ON request_log TO wagate_keeper USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT, INSERT ON request_log TO wagate_api;
--> statement-breakpoint
GRANT SELECT, DELETE ON request_log TO wagate_keeper;
--> statement-breakpoint
COMMENT ON TABLE request_log IS 'Requests to the API, some days of them. Written by gateways; rows are never changed, days are dropped';
--> statement-breakpoint

-- Makes the days of request_log that are needed soon, and drops those that are older than so many days. Gateways call it now and then; each is
-- as good as another. Dropping excludes readers for a moment, so it gives up rather than queue behind a long query. Partitions have
-- no grants and no policy: they are reached through request_log only.
CREATE FUNCTION tend_request_log(keep_days integer) RETURNS void
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s' AS $$
DECLARE
  day date;
  partition text;
BEGIN
  IF keep_days < 1 THEN
    RAISE EXCEPTION 'the log is kept for a day at least';
  END IF;
  FOR day IN SELECT current_date + n FROM generate_series(0, 2) AS n LOOP
    partition := 'request_log_' || to_char(day, 'YYYY_MM_DD');
    CONTINUE WHEN to_regclass('public.' || partition) IS NOT NULL;
    LOCK TABLE public.request_log IN SHARE UPDATE EXCLUSIVE MODE; -- what attaching takes: one creator at a time
    CONTINUE WHEN to_regclass('public.' || partition) IS NOT NULL;
    EXECUTE format('CREATE TABLE public.%I (LIKE public.request_log INCLUDING ALL)', partition);
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', partition);
    EXECUTE format('ALTER TABLE public.request_log ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
                   partition, day, day + 1);
  END LOOP;
  FOR partition IN SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'public.request_log'::regclass AND relname ~ '^request_log_\d{4}_\d\d_\d\d$'
      AND to_date(right(relname, 10), 'YYYY_MM_DD') < current_date - keep_days ORDER BY relname LOOP
    EXECUTE format('DROP TABLE public.%I', partition);
  END LOOP;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION tend_request_log(integer) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION tend_request_log(integer) TO wagate_api;
