package profiling

import (
	"context"
	"fmt"

	"verso/models/job"
)

// Customers brings together what the models say of every customer, into
// score.customer_segment (what they are worth) and score.customer_place (where
// they belong), one row each. All models it reads must have run: those
// of this package, profit, CLV and loyalty.
func Customers() job.Model { return job.Model{Name: "customer_segment", Run: runCustomers} }

func runCustomers(ctx context.Context, j *job.Job) (int64, error) {
	for _, sql := range []string{customerSegmentSQL, customerPlaceSQL} {
		if err := j.Exec(ctx, sql); err != nil {
			return 0, fmt.Errorf("write scores: %w", err)
		}
	}
	f, err := j.Frame(ctx, `SELECT count(*) AS customers, coalesce(sum(CASE WHEN is_buyer THEN 1 ELSE 0 END), 0) AS buyers,
    coalesce(sum(CASE WHEN has_habits THEN 1 ELSE 0 END), 0) AS habits FROM score.customer_segment`)
	if err != nil {
		return 0, err
	}
	at := func(name string) int64 { return int64(f.Column(name)[0]) }
	c := job.Card{
		Model: "customer_segment", Version: 1, Rows: at("customers"), Outputs: []string{"customer_segment", "customer_place"},
		Definition: job.Words{EN: "One row a customer: net sales and margin of the window, net sales of the window before, contribution, value to come, loyalty and completeness, for cubes by segment, tier and type.",
			ZH: "每个客户一行：本期净额与毛利、上期净额、贡献利润、未来价值、忠诚度与资料完整度，供按分群、层级与类型的多维分析。"},
		Reading: job.Wordsf("%d customers, of whom %d bought in the window and %d have habits.", "%d 个客户，其中 %d 个期内有购买，%d 个有稳定习惯。", at("customers"), at("buyers"), at("habits")),
	}
	return c.Rows, j.Save(ctx, c)
}
