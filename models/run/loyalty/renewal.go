package loyalty

import (
	"context"
	_ "embed"
	"errors"
	"fmt"
	"math"
	"slices"

	"verso/models/frame"
	"verso/models/job"
	"verso/models/sbg"
)

//go:embed sql/contract_retention.sql
var contractRetentionSQL string

const (
	leastRenewing = 50 // customers at their first renewal from which a type is fitted alone
	ahead         = 3  // renewals that the curve is drawn on beyond those seen
)

// Renewal fits how long customers keep renewing, contracts where there are some
// that came to a second renewal and years since the first purchase in any case,
// into score.contract_retention (shifted beta-geometric model).
func Renewal() job.Model { return job.Model{Name: "renewal", Run: runRenewal} }

// renewing are the customers of one basis and type.
type renewing struct {
	basis, name string
	cohorts     []sbg.Cohort
	seen        int // renewals of the cohort seen longest
	model       *sbg.Model
	why         string
}

func runRenewal(ctx context.Context, j *job.Job) (int64, error) {
	for _, name := range []string{"renewal", "customer_margin"} {
		if err := j.Feature(ctx, name); err != nil {
			return 0, err
		}
	}
	names := map[int]string{}
	if err := j.Each(ctx, "SELECT DISTINCT type_no, customer_type FROM feature.customer_margin ORDER BY type_no", func(no int64, name string) { names[int(no)] = name }); err != nil {
		return 0, err
	}
	var groups []*renewing
	for _, basis := range []string{"contract", "year"} {
		f, err := j.Frame(ctx, `SELECT coalesce(m.type_no, 0) AS type_no, r.seen, r.passed, count(*) AS customers
FROM feature.renewal AS r
LEFT JOIN feature.customer_margin AS m ON m.customer_key = r.customer_key
WHERE r.basis = ? AND r.seen >= 1
GROUP BY coalesce(m.type_no, 0), r.seen, r.passed ORDER BY 1, 2, 3`, basis)
		if err != nil {
			return 0, err
		}
		groups = append(groups, grouped(basis, f, names)...)
	}
	for _, g := range groups {
		if err := g.fit(); err != nil {
			return 0, err
		}
	}
	if err := writeRenewals(ctx, j, groups); err != nil {
		return 0, err
	}
	c := renewalCard(groups)
	return c.Rows, j.Save(ctx, c)
}

// grouped makes the cohorts of all customers and of every type with enough of
// them: those of whom equally many renewals have been seen began together.
func grouped(basis string, f *frame.Frame, names map[int]string) []*renewing {
	types := []int{math.MinInt} // all
	for _, no := range f.Column("type_no") {
		if t := int(no); !slices.Contains(types, t) {
			types = append(types, t)
		}
	}
	var out []*renewing
	for _, t := range types {
		survivors := map[int][]float64{}
		g := &renewing{basis: basis, name: all}
		if t != math.MinInt {
			if g.name = names[t]; g.name == "" {
				g.name = "(none)"
			}
		}
		total := 0.0
		for i, no := range f.Column("type_no") {
			if t != math.MinInt && int(no) != t {
				continue
			}
			seen, passed, customers := int(f.Column("seen")[i]), int(f.Column("passed")[i]), f.Column("customers")[i]
			if survivors[seen] == nil {
				survivors[seen] = make([]float64, seen+1)
			}
			for k := range passed + 1 {
				survivors[seen][k] += customers
			}
			g.seen, total = max(g.seen, seen), total+customers
		}
		if t != math.MinInt && (total < leastRenewing || len(types) == 2) {
			continue
		}
		for seen := range g.seen {
			if s := survivors[seen+1]; s != nil {
				g.cohorts = append(g.cohorts, sbg.Cohort{Name: fmt.Sprintf("%d renewals seen", seen+1), Survivors: s})
			}
		}
		out = append(out, g)
	}
	return out
}

func (g *renewing) fit() error {
	m, err := sbg.Fit(g.cohorts)
	if errors.Is(err, sbg.ErrEmpty) || errors.Is(err, sbg.ErrShort) {
		g.why = err.Error()
		return nil
	}
	g.model = m
	return err
}

func writeRenewals(ctx context.Context, j *job.Job, groups []*renewing) error {
	var bases, names []string
	var renewals, risk, stayed []int64
	var projected []bool
	columns := make([][]float64, 6) // retention seen and fitted, survival seen, fitted, lower, upper
	for _, g := range groups {
		if g.model == nil {
			continue
		}
		survival := 1.0
		for t := 1; t <= g.seen+ahead; t++ {
			row := [6]float64{math.NaN(), g.model.Retention(t), math.NaN(), math.NaN(), math.NaN(), math.NaN()}
			fitted, _, lower, upper, err := g.model.SurvivalInterval(t, .95)
			if err != nil {
				return err
			}
			row[3], row[4], row[5] = fitted, lower, upper
			var came, left float64
			for _, age := range g.model.Ages {
				if age.Renewal == t {
					came, left = age.AtRisk, age.Left
				}
			}
			if came > 0 {
				row[0] = 1 - left/came
				survival *= row[0]
				row[2] = survival
			}
			bases, names, renewals = append(bases, g.basis), append(names, g.name), append(renewals, int64(t))
			risk, stayed, projected = append(risk, int64(came)), append(stayed, int64(came-left)), append(projected, came == 0)
			for k, v := range row {
				columns[k] = append(columns[k], v)
			}
		}
	}
	return j.Score(ctx, contractRetentionSQL, nil, job.Col("basis", bases), job.Col("customer_type", names), job.Col("renewal", renewals), job.Col("at_risk", risk),
		job.Col("stayed", stayed), job.Col("is_projected", projected), job.Col("retention", columns[0]), job.Col("retention_fitted", columns[1]),
		job.Col("survival", columns[2]), job.Col("survival_fitted", columns[3]), job.Col("lower", columns[4]), job.Col("upper", columns[5]))
}

func renewalCard(groups []*renewing) job.Card {
	c := job.Card{
		Model: "renewal", Version: 1, Outputs: []string{"contract_retention"},
		Definition: job.Words{
			EN: "Shifted beta-geometric model of renewals (Fader & Hardie 2007). Contract: the next one begins within 90 days of the end. " +
				"Year: bought again in each of the k years after the year of the first purchase; a year without a purchase counts as leaving, whoever comes back later. " +
				"Customers who may have bought before the data begin are left out of the years.",
			ZH: "续约的移位贝塔-几何模型（Fader 与 Hardie，2007）。合同：到期后 90 天内签订下一份。年度：首购年之后的 k 年中每年均再购；某年未购即视为离开，日后回归亦然。数据开始前可能已购买的客户不计入年度。"},
		Features: []job.Feature{{Name: "seen", Definition: job.Words{EN: "renewals whose outcome is known by the as-of date", ZH: "截止日结果已知的续约"}}, {Name: "passed", Definition: job.Words{EN: "renewals passed one after another from the first", ZH: "自首次起连续通过的续约"}}},
	}
	for _, g := range groups {
		key := g.basis + "." + g.name
		if g.model == nil {
			c.Parameter(key, said(job.Words{}, g.why))
			continue
		}
		m := g.model
		c.Parameter(key, job.Wordsf("%s: alpha %.4f, beta %.4f, %.0f customers", "%s：alpha %.4f，beta %.4f，%.0f 个客户", m.Shape, m.Alpha, m.Beta, m.N))
		c.Metric(key+"_leaves_first", m.Churn, "share", job.Words{EN: "probability to leave at the first renewal", ZH: "首次续约时离开的概率"})
		c.Metric(key+"_polarization", m.Polarization, "", job.Words{EN: "0: all customers alike, 1: each leaves at once or never", ZH: "0：客户彼此相同；1：要么立即离开，要么永不离开"})
		if g.name != all {
			continue
		}
		c.Rows += int64(m.N)
		what := job.Words{EN: "buy again in the year after their first", ZH: "首购次年再购"}
		if g.basis == "contract" {
			what = job.Words{EN: "renew their first contract", ZH: "续签首份合同"}
		}
		if c.Reading.EN != "" {
			c.Reading.EN += " "
		}
		w := job.Wordsf("Of %.0f customers %.0f %% "+what.EN+"; of those who did so five times %.0f %% go on.", "%.0f 个客户中 %.0f%% "+what.ZH+"；连续五次者中 %.0f%% 再续。",
			m.N, 100*m.Retention(1), 100*m.Retention(6))
		c.Reading.EN, c.Reading.ZH = c.Reading.EN+w.EN, c.Reading.ZH+w.ZH
	}
	if c.Reading.EN == "" {
		c.Reading = job.Words{EN: "No renewals can be fitted: there are no two renewals whose outcome is known.", ZH: "无法拟合续约：尚无两次结果已知的续约。"}
	}
	return c
}
