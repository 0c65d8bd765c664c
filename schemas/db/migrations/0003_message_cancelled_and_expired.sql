ALTER TABLE "message_view" ADD COLUMN "cancelled_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "message_view" ADD COLUMN "expired_at" timestamp with time zone;