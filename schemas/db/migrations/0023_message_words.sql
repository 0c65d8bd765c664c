CREATE TABLE "message_words" (
	"tenant_id" text NOT NULL,
	"message_id" text NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"session_id" text NOT NULL,
	"words" "tsvector" NOT NULL,
	CONSTRAINT "message_words_tenant_id_created_at_message_id_pk" PRIMARY KEY("tenant_id","created_at","message_id")
) PARTITION BY RANGE ("created_at");
--> statement-breakpoint
CREATE INDEX "message_words_words" ON "message_words" USING gin ("words");
--> statement-breakpoint

-- What the transaction searches for; nothing when it does not say. An operator like @@ is not leakproof, so under row-level security no
-- index serves it in a query. In a policy it does: there it is a condition like the tenant's own, and only narrows what that one lets see.
CREATE FUNCTION current_search() RETURNS tsquery LANGUAGE sql STABLE PARALLEL SAFE SET search_path = pg_catalog AS $$
  SELECT nullif(current_setting('app.search', true), '')::tsquery
$$;
--> statement-breakpoint
ALTER TABLE message_words ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
--> statement-breakpoint
CREATE POLICY one_tenant ON message_words FOR SELECT TO wagate_api USING (tenant_id = current_tenant_id());
--> statement-breakpoint
CREATE POLICY what_is_searched ON message_words AS RESTRICTIVE FOR SELECT TO wagate_api USING (words @@ current_search());
--> statement-breakpoint
CREATE POLICY all_tenants ON message_words TO wagate_projector USING (true) WITH CHECK (true);
--> statement-breakpoint
CREATE POLICY keeper ON message_words TO wagate_keeper USING (true) WITH CHECK (true);
--> statement-breakpoint
GRANT SELECT ON message_words TO wagate_api;
--> statement-breakpoint
GRANT SELECT, INSERT, UPDATE, DELETE ON message_words TO wagate_projector;
--> statement-breakpoint
GRANT SELECT, DELETE ON message_words TO wagate_keeper;
--> statement-breakpoint
COMMENT ON TABLE message_words IS 'The words of each message, for search. Written by the projector only';
--> statement-breakpoint

-- Creates the partitions that hold the given month (UTC) of message_view and of message_words, unless they are there. As before, attaching
-- lets readers and writers of the other months go on, and partitions are reached through their tables only. Returns whether one was created.
CREATE OR REPLACE FUNCTION ensure_message_partition(month timestamptz) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  first timestamptz := date_trunc('month', month);
  parent text;
  partition text;
  made boolean := false;
BEGIN
  FOREACH parent IN ARRAY ARRAY['message_view', 'message_words'] LOOP
    partition := parent || '_' || to_char(first, 'YYYY_MM');
    CONTINUE WHEN to_regclass('public.' || partition) IS NOT NULL;
    EXECUTE format('LOCK TABLE public.%I IN SHARE UPDATE EXCLUSIVE MODE', parent); -- what attaching takes: one creator at a time
    CONTINUE WHEN to_regclass('public.' || partition) IS NOT NULL;
    -- States change in place while no indexed column does, as long as the page has room; words do not change.
    EXECUTE format('CREATE TABLE public.%I (LIKE public.%I INCLUDING ALL) WITH (fillfactor = %s)',
                   partition, parent, CASE parent WHEN 'message_view' THEN 85 ELSE 100 END);
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', partition);
    EXECUTE format('ALTER TABLE public.%I ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
                   parent, partition, first, first + interval '1 month');
    made := true;
  END LOOP;
  RETURN made;
END $$;
--> statement-breakpoint

-- As before; the words of the month go with it.
CREATE OR REPLACE FUNCTION drop_message_partition(before timestamptz) RETURNS text
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
    EXECUTE format('DROP TABLE IF EXISTS public.%I', 'message_words_' || right(partition, 7));
    EXECUTE format('DROP TABLE public.%I', partition);
  END IF;
  RETURN partition;
END $$;
--> statement-breakpoint

-- For the months that are there.
SELECT ensure_message_partition(to_date(right(relname, 7), 'YYYY_MM'))
  FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
  WHERE inhparent = 'public.message_view'::regclass AND relname ~ '^message_view_\d{4}_\d\d$';
