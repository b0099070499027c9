// Package recommend runs the models of what to offer whom on a warehouse: titles
// of existing stock by what each customer bought, titles of the current catalogue
// issues by their attributes, and lists by type and region for customers who
// bought nothing yet; all under the business rules of models/offer.
package recommend

import (
	"context"
	_ "embed"
	"errors"
	"fmt"

	"verso/models/job"
	"verso/models/recommend"
)

var (
	//go:embed sql/title.sql
	titleSQL string
	//go:embed sql/customer.sql
	customerSQL string
	//go:embed sql/line.sql
	lineSQL string
	//go:embed sql/item.sql
	itemSQL string
	//go:embed sql/schema.sql
	schemaSQL string
	//go:embed sql/recommendation.sql
	recommendationSQL string
	//go:embed sql/target.sql
	targetSQL string
	//go:embed sql/mailing.sql
	mailingSQL string
	//go:embed sql/listing.sql
	listingSQL string
	//go:embed sql/demand.sql
	demandSQL string
	//go:embed sql/outcome.sql
	outcomeSQL string
	//go:embed sql/offer.sql
	offerSQL string
)

// Recommend writes score.recommendation, what to offer every customer and why,
// from existing stock and from the current catalogue issues;
// score.title_target, who would want each new title; score.mailing, who is sent
// which pages; score.title_demand, how many copies of new titles to order;
// score.recommendation_backtest, how such lists did; score.offer_rule and
// score.offer_trade, what rules left out and diversity costs; and
// score.offer_outcome, what earlier offers (score.offer) brought.
func Recommend(o Options) job.Model {
	return job.Model{Name: "recommend", Run: func(ctx context.Context, j *job.Job) (int64, error) { return run(ctx, j, o.filled()) }}
}

func run(ctx context.Context, j *job.Job, o Options) (int64, error) {
	if err := writeSchema(ctx, j); err != nil {
		return 0, err
	}
	c, err := read(ctx, j)
	if err != nil {
		return 0, err
	}
	f, err := c.fitted(ctx, j.Seed)
	if err != nil {
		return 0, err
	}
	l, err := c.lists(f, o, j.Seed)
	if err != nil {
		return 0, err
	}
	if err := l.writeLists(ctx, j); err != nil {
		return 0, err
	}
	if err := l.writeTargets(ctx, j); err != nil {
		return 0, fmt.Errorf("targets: %w", err)
	}
	if err := j.Exec(ctx, mailingSQL, j.AsOf); err != nil {
		return 0, fmt.Errorf("mailing: %w", err)
	}
	copies, forecast, err := l.forecastCopies(ctx, j)
	if err != nil {
		return 0, fmt.Errorf("copies of new titles: %w", err)
	}
	if err := f.writeTests(ctx, j); err != nil {
		return 0, err
	}
	if err := l.writeRules(ctx, j); err != nil {
		return 0, err
	}
	if err := writeOutcomes(ctx, j); err != nil {
		return 0, err
	}
	rows := int64(l.stock.lines + l.new.lines)
	for _, card := range []job.Card{l.stockCard(), l.newCard(), l.copiesCard(copies, forecast)} {
		if err := j.Save(ctx, card); err != nil {
			return 0, err
		}
	}
	return rows, nil
}

// fitted is the blend and its tests; without any purchase it has no blend and
// says why.
func (c *catalogue) fitted(ctx context.Context, seed int64) (*fitted, error) {
	f, err := c.fit(ctx)
	switch {
	case errors.Is(err, recommend.ErrNoRows):
		return &fitted{reason: job.Words{EN: "No customer kept any title: there is nothing to learn from. Lists by type need purchases too.", ZH: "没有任何客户留有订购，无从学习；按类型推荐也需要订购记录。"}}, nil
	case err != nil:
		return nil, err
	}
	c.testBase(f)
	return f, c.testCold(f, seed)
}
