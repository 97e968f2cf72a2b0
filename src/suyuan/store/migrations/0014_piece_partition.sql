-- Makes the partition of a month. It runs with the rights of its owner, so that who runs the program needs none to make tables.
CREATE FUNCTION make_piece_partition(first_day date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
AS $$
BEGIN
    IF first_day <> date_trunc('month', first_day)::date THEN
        RAISE EXCEPTION '% is not the first day of a month', first_day;
    END IF;
    EXECUTE format(
        'CREATE TABLE IF NOT EXISTS public.%I PARTITION OF public.submission_piece FOR VALUES FROM (%L) TO (%L)',
        'submission_piece_' || to_char(first_day, 'YYYY_MM'), first_day, (first_day + interval '1 month')::date
    );
END
$$;
