package profiling

import (
	"context"
	"fmt"
	"slices"
	"time"

	"verso/models/job"
	"verso/models/persistency"
	"verso/models/pyramid"
	"verso/models/rfm"
)

// Moves compares the places of customers with those of the window before: every
// customer's move into score.tier_move, how many moved from where to where into
// score.tier_migration. Pyramid and RFM must have run.
func Moves(p pyramid.Options, r rfm.Options) job.Model {
	return job.Model{Name: "moves", Run: func(ctx context.Context, j *job.Job) (int64, error) { return runMoves(ctx, j, p, r) }}
}

// never is the place of a customer who had not bought by the end of a window.
const never = "never"

// moved are the places of customers in two windows by one basis.
type moved struct {
	bases    []string
	keys     []int64
	from, to []string
	fromNo   []int64
	toNo     []int64
	move     []string
}

// add adds a customer; numbers count from 1 for the highest place, and from
// absent on it is in none.
func (m *moved) add(basis string, key int64, from, to string, fromNo, toNo, absent int64) {
	m.bases, m.keys = append(m.bases, basis), append(m.keys, key)
	m.from, m.to = append(m.from, from), append(m.to, to)
	m.fromNo, m.toNo = append(m.fromNo, fromNo), append(m.toNo, toNo)
	m.move = append(m.move, moveOf(fromNo, toNo, absent, from == never))
}

func moveOf(from, to, absent int64, isFirst bool) string {
	switch {
	case from >= absent && to >= absent:
		return "absent"
	case isFirst:
		return "new"
	case from >= absent:
		return "returned"
	case to >= absent:
		return "left"
	case to < from:
		return "up"
	case to > from:
		return "down"
	}
	return "stayed"
}

func runMoves(ctx context.Context, j *job.Job, p pyramid.Options, r rfm.Options) (int64, error) {
	from, to, known := j.Before()
	m := &moved{}
	c := job.Card{
		Model: "moves", Version: 1, Outputs: []string{"tier_migration", "tier_move"},
		Definition: job.Words{
			EN: "Places in the pyramid of the window and of the window of the same length before it, and RFM segments as of the last day of each. " +
				"Tiers and scores are made anew for each window. Never: no purchase by the end of the window before.",
			ZH: "比较本期与等长上期的金字塔层级，以及两期末日的 RFM 分群；各期分别划层、评分。never 指上期末之前未曾购买。"},
		Features: []job.Feature{{Name: "revenue", Definition: job.Words{EN: "net sales of each window", ZH: "各期净额"}}, {Name: "margin", Definition: job.Words{EN: "net sales less cost of each window, where the cost is known", ZH: "各期净额减成本，限成本已知者"}}, {Name: "rfm", Definition: job.Words{EN: "net sales of all orders up to the last day of each window", ZH: "截至各期末日全部订单的净额"}}},
	}
	reached, first, err := j.Reaches(ctx, from)
	if err != nil {
		return 0, err
	}
	c.Reading = job.Words{EN: "There are no customers, so nobody moved.", ZH: "没有客户，故无迁移。"}
	switch {
	case !known:
		c.Reading = job.Words{EN: "The window is all history, so there is none before it.", ZH: "窗口为全部历史，故无上期可比。"}
	case !reached && !first.IsZero():
		c.Reading = job.Wordsf("The data begin on %s, so the window before is not known whole and nobody is said to have moved.", "数据始于 %s，上期不完整，故不判断迁移。", first.Format(time.DateOnly))
		known = false
	default:
		c.Parameter("before_from", from.Format(time.DateOnly))
		c.Parameter("before_to", to.Format(time.DateOnly))
	}
	if !known {
		from, to = j.AsOf.AddDate(1, 0, 0), j.AsOf.AddDate(1, 0, 0) // an empty window for the features
	}
	if err := j.FeatureAs(ctx, "customer_value", "customer_value_before", from, to); err != nil {
		return 0, err
	}
	if err := j.FeatureAs(ctx, "rfm", "rfm_before", to); err != nil {
		return 0, err
	}
	if known {
		for _, basis := range []string{"revenue", "margin"} {
			if err := movedTiers(ctx, j, m, &c, basis, p); err != nil {
				return 0, err
			}
		}
		if err := movedSegments(ctx, j, m, r); err != nil {
			return 0, err
		}
	}
	c.Rows = int64(len(m.keys))
	err = j.Score(ctx, tierMoveSQL, nil, job.Col("basis", m.bases), job.Col("customer_key", m.keys), job.Col("from_tier", m.from), job.Col("from_no", m.fromNo),
		job.Col("to_tier", m.to), job.Col("to_no", m.toNo), job.Col("move", m.move))
	if err != nil {
		return 0, err
	}
	if err := j.Exec(ctx, tierMigrationSQL); err != nil {
		return 0, fmt.Errorf("write scores: %w", err)
	}
	return c.Rows, j.Save(ctx, c)
}

// movedTiers fits the pyramid of the window before and compares.
func movedTiers(ctx context.Context, j *job.Job, m *moved, c *job.Card, basis string, o pyramid.Options) error {
	f, err := j.Frame(ctx, `SELECT n.customer_key, CAST(n."value" AS DOUBLE) AS now, CAST(coalesce(b."value", 0) AS DOUBLE) AS before, p.tier_no,
    CASE WHEN r.customer_key IS NULL THEN 1 ELSE 0 END AS is_first
FROM feature.customer_value AS n
INNER JOIN score.pyramid AS p ON p.customer_key = n.customer_key AND p.basis = n.basis
LEFT JOIN feature.customer_value_before AS b ON b.customer_key = n.customer_key AND b.basis = n.basis
LEFT JOIN feature.rfm_before AS r ON r.customer_key = n.customer_key
WHERE n.basis = ? ORDER BY n.customer_key`, basis)
	if err != nil || f.Rows() == 0 {
		return err
	}
	earlier, err := pyramid.Fit(f.Column("customer_key"), f.Column("before"), o)
	if err != nil {
		return err
	}
	absent := int64(len(pyramid.Tiers) + 1)
	names := append(pyramid.Tiers[:], pyramid.Inactive, never)
	tiers := persistency.Tiers{FromValue: f.Column("before"), ToValue: f.Column("now")}
	place := func(no int64) int {
		if no >= absent {
			return persistency.Absent
		}
		return int(no - 1)
	}
	for i, key := range f.Column("customer_key") {
		fromNo, toNo := int64(earlier.Places[i].TierNo), int64(f.Column("tier_no")[i])
		if fromNo >= absent && f.Column("is_first")[i] == 1 {
			fromNo = absent + 1
		}
		m.add(basis, int64(key), names[fromNo-1], names[toNo-1], fromNo, toNo, absent)
		tiers.From, tiers.To = append(tiers.From, place(fromNo)), append(tiers.To, place(toNo))
	}
	flows, err := persistency.Migrate(tiers, len(pyramid.Tiers))
	if err != nil {
		return err
	}
	migrationMetrics(c, basis, flows)
	return nil
}

func migrationMetrics(c *job.Card, basis string, flows *persistency.Migration) {
	for _, flow := range []struct {
		name  string
		words job.Words
		persistency.Flow
	}{{"up", job.Words{EN: "moved to a higher tier", ZH: "升层"}, flows.Up}, {"down", job.Words{EN: "moved to a lower tier", ZH: "降层"}, flows.Down},
		{"stayed", job.Words{EN: "in the same tier", ZH: "层级不变"}, flows.Stay}, {"left", job.Words{EN: "in a tier before, in none now", ZH: "上期在层，本期不在"}, flows.Lost},
		{"came", job.Words{EN: "in none before, in a tier now", ZH: "上期不在，本期在层"}, flows.New}} {
		c.Metric(basis+"_"+flow.name, float64(flow.Customers), "customers", flow.words)
		c.Metric(basis+"_"+flow.name+"_change", flow.ToValue-flow.FromValue, "report currency", job.Words{EN: flow.words.EN + ": value now less value before", ZH: flow.words.ZH + "：本期金额减上期金额"})
	}
	if basis != "revenue" {
		return
	}
	if before := flows.Up.Customers + flows.Down.Customers + flows.Stay.Customers + flows.Lost.Customers; before == 0 {
		c.Reading = job.Words{EN: "No customer bought in the window before, so nobody moved.", ZH: "上期无客户购买，故无迁移。"}
		return
	}
	c.Reading = job.Wordsf("Against the window before %d customers moved up, %d down, %d stayed in their tier; %d bought no more and %d came or came back.",
		"与上期相比，%d 个客户升层，%d 个降层，%d 个不变；%d 个不再购买，%d 个新来或回归。",
		flows.Up.Customers, flows.Down.Customers, flows.Stay.Customers, flows.Lost.Customers, flows.New.Customers)
}

// movedSegments scores RFM as of the last day of the window before and compares.
func movedSegments(ctx context.Context, j *job.Job, m *moved, o rfm.Options) error {
	f, err := j.Frame(ctx, "SELECT customer_key, recency_days, frequency, monetary FROM feature.rfm_before ORDER BY customer_key")
	if err != nil {
		return err
	}
	earlier, err := rfm.Fit(rfm.Customers{Recency: f.Column("recency_days"), Frequency: f.Column("frequency"), Monetary: f.Column("monetary")}, o)
	if err != nil {
		return err
	}
	names := rfm.Segments()
	before := map[int64]string{}
	for i, key := range f.Column("customer_key") {
		before[int64(key)] = earlier.Scores[i].Segment()
	}
	absent := int64(len(names) + 1)
	return j.Each(ctx, "SELECT customer_key, segment FROM score.rfm ORDER BY customer_key", func(key int64, segment string) {
		from, fromNo := never, absent
		if s, known := before[key]; known {
			from, fromNo = s, int64(slices.Index(names, s)+1)
		}
		m.add("rfm", key, from, segment, fromNo, int64(slices.Index(names, segment)+1), absent)
	})
}
