-- Creates the partition of message_view that holds the given month (UTC), unless it is there. The projector calls it ahead
-- of need. Attaching, unlike CREATE TABLE … PARTITION OF, lets readers and writers of the other months go on. Partitions
-- have no grants and no policy: they are reached through message_view only. Returns whether one was created.
CREATE FUNCTION ensure_message_partition(month timestamptz) RETURNS boolean
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  first timestamptz := date_trunc('month', month);
  partition text := 'message_view_' || to_char(first, 'YYYY_MM');
BEGIN
  IF to_regclass('public.' || partition) IS NOT NULL THEN
    RETURN false;
  END IF;
  LOCK TABLE public.message_view IN SHARE UPDATE EXCLUSIVE MODE; -- what attaching takes: one creator at a time
  IF to_regclass('public.' || partition) IS NOT NULL THEN
    RETURN false;
  END IF;
  -- States change in place while no indexed column does, as long as the page has room.
  EXECUTE format('CREATE TABLE public.%I (LIKE public.message_view INCLUDING ALL) WITH (fillfactor = 85)', partition);
  EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY', partition);
  EXECUTE format('ALTER TABLE public.message_view ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
                 partition, first, first + interval '1 month');
  RETURN true;
END $$;
--> statement-breakpoint
REVOKE ALL ON FUNCTION ensure_message_partition(timestamptz) FROM PUBLIC;
--> statement-breakpoint
GRANT EXECUTE ON FUNCTION ensure_message_partition(timestamptz) TO wagate_projector;
--> statement-breakpoint

-- Tells the webhooks service which endpoint changed; the payload is '<tenant_id>|<endpoint_id>'.
CREATE FUNCTION notify_webhook_endpoint() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog AS $$
BEGIN
  PERFORM pg_notify('webhook_endpoint', NEW.tenant_id || '|' || NEW.endpoint_id);
  RETURN NULL;
END $$;
--> statement-breakpoint
CREATE TRIGGER webhook_endpoint_changed AFTER INSERT OR UPDATE ON webhook_endpoint
  FOR EACH ROW EXECUTE FUNCTION notify_webhook_endpoint();
