CREATE TABLE "job" (
	"tenant_id" text NOT NULL,
	"job_id" text NOT NULL,
	"kind" text NOT NULL,
	"mode" text,
	"state" text DEFAULT 'waiting' NOT NULL,
	"params" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"step" text,
	"done" bigint DEFAULT 0 NOT NULL,
	"total" bigint,
	"result" jsonb DEFAULT '{}'::jsonb NOT NULL,
	"error_code" text,
	"attempts" smallint DEFAULT 0 NOT NULL,
	"due_at" timestamp with time zone,
	"requested_by" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"finished_at" timestamp with time zone,
	"expires_at" timestamp with time zone,
	CONSTRAINT "job_tenant_id_job_id_pk" PRIMARY KEY("tenant_id","job_id")
);
--> statement-breakpoint
CREATE TABLE "retention" (
	"tenant_id" text PRIMARY KEY NOT NULL,
	"message_days" integer,
	"chat_days" integer,
	"delivery_days" integer,
	"messages_before" timestamp with time zone,
	"chats_before" timestamp with time zone,
	"deliveries_before" timestamp with time zone,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "tenant" ADD COLUMN "deletes_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "tenant" ADD COLUMN "erased_at" timestamp with time zone;--> statement-breakpoint
CREATE INDEX "job_newest" ON "job" USING btree ("tenant_id","kind","created_at" desc,"job_id" desc);--> statement-breakpoint
CREATE INDEX "job_due" ON "job" USING btree ("tenant_id","due_at") WHERE "job"."due_at" is not null;
--> statement-breakpoint

--> statement-breakpoint

-- The keeper (services/scheduler) removes what is too old or must go, of any tenant. It changes nothing else.
GRANT USAGE ON SCHEMA public TO wagate_keeper;
--> statement-breakpoint
ALTER TABLE job ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
ALTER TABLE retention ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
GRANT SELECT ON job TO wagate_api;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON job TO wagate_keeper;
--> statement-breakpoint
CREATE POLICY one_tenant ON job FOR SELECT TO wagate_api USING (tenant_id = current_tenant_id());
--> statement-breakpoint
CREATE POLICY keeper ON job TO wagate_keeper USING (true) WITH CHECK (true);
--> statement-breakpoint

-- The gateway writes how long, the keeper up to when; the projector reads that before it brings anything back.
GRANT SELECT, INSERT, UPDATE (message_days, chat_days, delivery_days, updated_at) ON retention TO wagate_api;
--> statement-breakpoint
GRANT SELECT, INSERT (tenant_id, messages_before, chats_before, deliveries_before),
  UPDATE (messages_before, chats_before, deliveries_before), DELETE ON retention TO wagate_keeper;
--> statement-breakpoint
GRANT SELECT ON retention TO wagate_projector;
--> statement-breakpoint
CREATE POLICY one_tenant ON retention TO wagate_api
  USING (tenant_id = current_tenant_id()) WITH CHECK (tenant_id = current_tenant_id());
--> statement-breakpoint
CREATE POLICY keeper ON retention TO wagate_keeper USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY all_tenants ON retention FOR SELECT TO wagate_projector USING (true);
--> statement-breakpoint

GRANT SELECT ON tenant TO wagate_keeper;
--> statement-breakpoint
GRANT SELECT, DELETE ON message_view, chat_view, webhook_delivery, delivery_attempt TO wagate_keeper;
--> statement-breakpoint
CREATE POLICY keeper ON message_view TO wagate_keeper USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY keeper ON chat_view TO wagate_keeper USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY keeper ON webhook_delivery TO wagate_keeper USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY keeper ON delivery_attempt TO wagate_keeper USING (true) WITH CHECK (true);
--> statement-breakpoint

-- Drops the oldest month of message_view if all of it is before the given time; returns its name, or null when none is. Dropping
-- excludes readers for a moment, so it gives up rather than queue behind a long query with everybody else behind it.
CREATE FUNCTION drop_message_partition(before timestamptz) RETURNS text
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s' AS $$
DECLARE
  partition text;
BEGIN
  IF before > now() - interval '31 days' THEN
    RAISE EXCEPTION 'months that EVENTS may still tell of are not dropped';
  END IF;
  SELECT relname INTO partition FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
    WHERE inhparent = 'public.message_view'::regclass
      AND to_date(right(relname, 7), 'YYYY_MM') + interval '1 month' <= before
    ORDER BY relname LIMIT 1;
  IF partition IS NOT NULL THEN
    EXECUTE format('DROP TABLE public.%I', partition);
  END IF;
  RETURN partition;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION drop_message_partition(timestamptz) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION drop_message_partition(timestamptz) TO wagate_keeper;
--> statement-breakpoint

-- The gateway asks for jobs; the keeper reads what an export holds.
GRANT INSERT ON job TO wagate_api;
--> statement-breakpoint
CREATE POLICY asks ON job FOR INSERT TO wagate_api WITH CHECK (tenant_id = current_tenant_id());
--> statement-breakpoint
GRANT SELECT ON api_key, webhook_endpoint, session_view, plan_change TO wagate_keeper;
--> statement-breakpoint
CREATE POLICY keeper ON plan_change TO wagate_keeper USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY keeper ON webhook_endpoint TO wagate_keeper USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY keeper ON session_view TO wagate_keeper USING (true) WITH CHECK (true);
--> statement-breakpoint

-- The keeper erases tenants and people: it removes rows of every table with a tenant_id, and leaves of the tenant itself a row without a name.
GRANT SELECT, DELETE ON api_key, webhook_endpoint, session_view, webhook_session, plan_change, usage_day, api_call_day TO wagate_keeper;
--> statement-breakpoint
GRANT UPDATE (name, metadata, erased_at, updated_at) ON tenant TO wagate_keeper;
--> statement-breakpoint
CREATE POLICY keeper ON webhook_session TO wagate_keeper USING (true) WITH CHECK (true);
--> statement-breakpoint

-- Within the time of grace the gateway takes a deletion back.
GRANT UPDATE (state, due_at, finished_at) ON job TO wagate_api;
--> statement-breakpoint
CREATE POLICY takes_back ON job FOR UPDATE TO wagate_api
  USING (tenant_id = current_tenant_id()) WITH CHECK (tenant_id = current_tenant_id());
--> statement-breakpoint
CREATE POLICY keeper ON usage_day TO wagate_keeper USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY keeper ON api_call_day TO wagate_keeper USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT ON audit_entry TO wagate_keeper;
--> statement-breakpoint
GRANT SELECT, DELETE ON audit_anchor TO wagate_keeper;
--> statement-breakpoint
CREATE POLICY keeper ON audit_entry FOR SELECT TO wagate_keeper USING (true);
--> statement-breakpoint
CREATE POLICY keeper ON audit_anchor TO wagate_keeper USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION remove_audit_prefix(text, bigint) TO wagate_keeper;
