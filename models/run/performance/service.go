package performance

import (
	"context"
	_ "embed"

	"verso/models/job"
)

//go:embed sql/customer_service.sql
var customerServiceSQL string

// Service says what service customers got in the last twelve months and how they
// pay, with the number of cases beside every share: score.customer_service.
func Service() job.Model { return job.Model{Name: "service_level", Run: runService} }

func runService(ctx context.Context, j *job.Job) (int64, error) {
	from, to := twelveMonths(j.AsOf)
	if err := j.Exec(ctx, customerServiceSQL, from, to); err != nil {
		return 0, err
	}
	card, err := serviceCard(ctx, j, span{from, to})
	if err != nil {
		return 0, err
	}
	return card.Rows, j.Save(ctx, card)
}
