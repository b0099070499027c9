package churn

import (
	"context"
	_ "embed"

	"verso/models/churn"
	"verso/models/job"
)

//go:embed sql/churn_change.sql
var changeSQL string

// changeCount is how many customers were tested for a change, and found.
type changeCount struct{ fadeTested, fades, partTested, parts int }

// writeChanges finds who fades and who has left a subject, and writes
// score.churn_change with those who came back and whose contract lapsed.
func (s *study) writeChanges(ctx context.Context, j *job.Job) error {
	for _, name := range []string{"churn_fade", "churn_part"} {
		if err := j.Feature(ctx, name); err != nil {
			return err
		}
	}
	f, err := j.Frame(ctx, "SELECT customer_key, CAST(days_now AS DOUBLE) AS days_now, CAST(days_before AS DOUBLE) AS days_before, ratio FROM feature.churn_fade ORDER BY customer_key")
	if err != nil {
		return err
	}
	var key, bucket, now, before []int64
	var kind []string
	var expected, p, q []float64
	add := func(name string, customer, subject, n, b float64, c churn.Change) {
		kind, key, bucket = append(kind, name), append(key, int64(customer)), append(bucket, int64(subject))
		now, before = append(now, int64(n)), append(before, int64(b))
		expected, p, q = append(expected, c.Expected), append(p, c.P), append(q, c.Q)
	}
	fades := churn.Fades(f.Column("days_now"), f.Column("days_before"), f.Column("ratio"))
	for _, c := range fades {
		add(churn.Fading, f.Column("customer_key")[c.Row], 0, f.Column("days_now")[c.Row], f.Column("days_before")[c.Row], c)
	}
	g, err := j.Frame(ctx, "SELECT customer_key, bucket_no, CAST(part_now AS DOUBLE) AS part_now, CAST(part_before AS DOUBLE) AS part_before, CAST(days_now AS DOUBLE) AS days_now, CAST(days_before AS DOUBLE) AS days_before FROM feature.churn_part ORDER BY customer_key, bucket_no")
	if err != nil {
		return err
	}
	parts := churn.Parts(g.Column("part_now"), g.Column("part_before"), g.Column("days_now"), g.Column("days_before"))
	for _, c := range parts {
		add(churn.Partial, g.Column("customer_key")[c.Row], g.Column("bucket_no")[c.Row], g.Column("part_now")[c.Row], g.Column("part_before")[c.Row], c)
	}
	s.changes = changeCount{f.Rows(), len(fades), g.Rows(), len(parts)}
	return j.Score(ctx, changeSQL, nil, job.Col("change", kind), job.Col("customer_key", key), job.Col("bucket_no", bucket), job.Col("days_now", now), job.Col("days_before", before),
		job.Col("expected", expected), job.Col("p", p), job.Col("q", q))
}
