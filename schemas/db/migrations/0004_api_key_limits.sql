ALTER TABLE "api_key" ADD COLUMN "session_ids" text[];--> statement-breakpoint
ALTER TABLE "api_key" ADD COLUMN "requests_per_second" integer;--> statement-breakpoint
ALTER TABLE "api_key" ADD COLUMN "last_used_at" timestamp with time zone;