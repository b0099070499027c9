// Package taste runs the reading preferences of customers: what each prefers at
// every level of the class tree and by language, publisher, author, series,
// audience, binding, price band and currency, how certain that is, and whether it
// changed.
package taste

import (
	"context"
	_ "embed"
	"fmt"
	"math"
	"math/rand/v2"

	"verso/models/job"
	"verso/models/taste"
	"verso/olap/engine"
)

var (
	//go:embed sql/attribute.sql
	attributeSQL string
	//go:embed sql/line.sql
	lineSQL string
	//go:embed sql/count.sql
	countSQL string
	//go:embed sql/base.sql
	baseSQL string
	//go:embed sql/moment.sql
	momentSQL string
	//go:embed sql/declared.sql
	declaredSQL string
	//go:embed sql/taste.sql
	tasteSQL string
	//go:embed sql/rising.sql
	risingSQL string
	//go:embed sql/changed.sql
	changedSQL string
	//go:embed sql/visit.sql
	visitSQL string
	//go:embed sql/member.sql
	memberSQL string
	//go:embed sql/demand.sql
	demandSQL string
	//go:embed sql/profile.sql
	profileSQL string
)

const (
	halfLife    = 1095 // days after which a line counts half
	mostOfOne   = 200  // lines of one customer in the base of his type
	pull        = 100  // lines of all customers in the base of a type
	fewestPeers = 20   // customers with two lines that a type's own α needs
	mostVisits  = 2000 // subjects by day that a customer is tested on, the latest
)

// Taste writes score.taste, score.taste_profile and score.taste_demand.
func Taste() job.Model { return job.Model{Name: "taste", Run: run} }

// readings are the customers' favourites and changes, in order of key.
type readings struct {
	customer, subject, day, lost, won          []int64
	share, base, affinity, confidence, breadth []float64
	p                                          []float64
	tested, drifted                            []bool
	place                                      map[int64]int
	alphas                                     []alpha
	tests, found                               int
}

// step is a statement that makes features.
type step struct {
	name, sql string
	args      []any
}

func prepare(ctx context.Context, j *job.Job, steps ...step) error {
	for _, s := range steps {
		if err := j.Exec(ctx, s.sql, s.args...); err != nil {
			return fmt.Errorf("%s of tastes: %w", s.name, err)
		}
	}
	return nil
}

func run(ctx context.Context, j *job.Job) (int64, error) {
	first := []step{{"attributes", attributeSQL, nil}, {"lines", lineSQL, []any{j.AsOf, j.AsOf, halfLife, j.AsOf}}, {"subjects on the rise", risingSQL, nil}}
	if err := prepare(ctx, j, first...); err != nil {
		return 0, err
	}
	r := &readings{place: map[int64]int{}}
	changes, err := drifts(ctx, j)
	if err != nil {
		return 0, err
	}
	if err := prepare(ctx, j, step{"changes", changedSQL, nil}, step{"counts", countSQL, nil}, step{"bases", baseSQL, []any{mostOfOne, pull}}, step{"declared interests", declaredSQL, nil}); err != nil {
		return 0, err
	}
	if err := r.concentrate(ctx, j); err != nil {
		return 0, err
	}
	if err := j.Exec(ctx, tasteSQL); err != nil {
		return 0, fmt.Errorf("write scores: %w", err)
	}
	if err := r.favourites(ctx, j); err != nil {
		return 0, err
	}
	r.take(changes)
	if err := j.Score(ctx, profileSQL, nil, job.Col("customer_key", r.customer), job.Col("subject", r.subject), job.Col("share", r.share), job.Col("base", r.base),
		job.Col("affinity", r.affinity), job.Col("confidence", r.confidence), job.Col("breadth", r.breadth), job.Col("tested", r.tested), job.Col("drifted", r.drifted),
		job.Col("p", r.p), job.Col("day", r.day), job.Col("lost", r.lost), job.Col("won", r.won)); err != nil {
		return 0, err
	}
	args := make([]any, 8)
	for i := range args {
		args[i] = j.AsOf
	}
	if err := j.Exec(ctx, demandSQL, args...); err != nil {
		return 0, fmt.Errorf("write scores: %w", err)
	}
	c, err := r.card(ctx, j)
	if err != nil {
		return 0, err
	}
	return int64(len(r.customer)), j.Save(ctx, c)
}

// alpha is the concentration of one type, kind and level.
type alpha struct {
	kind, level string
	customers   float64
	value       float64
	own         bool // of the type; else of all customers
}

// concentrate estimates α of every type, kind and level, and writes
// feature.taste_concentration. A type of few customers takes that of all.
func (r *readings) concentrate(ctx context.Context, j *job.Job) error {
	type moment struct {
		customerType, kind          string
		level                       int64
		customers, chances, between float64
	}
	type group struct {
		kind  string
		level int64
	}
	var list []moment
	all := map[group]moment{}
	err := engine.Rows(ctx, j.Conn, engine.SQL(momentSQL), func(row []any) error {
		m := moment{customerType: engine.Text(row[0]), kind: engine.Text(row[1])}
		m.level, _ = engine.Int(row[2])
		m.customers, _ = engine.Float(row[3])
		m.chances, _ = engine.Float(row[4])
		m.between, _ = engine.Float(row[5])
		list = append(list, m)
		g := group{m.kind, m.level}
		sum := all[g]
		sum.customers, sum.chances, sum.between = sum.customers+m.customers, sum.chances+m.chances, sum.between+m.between*m.customers
		all[g] = sum
		return nil
	})
	if err != nil {
		return fmt.Errorf("concentration of tastes: %w", err)
	}
	var types, kinds []string
	var levels []int64
	var values []float64
	for _, m := range list {
		from, own := m, true
		if m.customers < fewestPeers {
			from, own = all[group{m.kind, m.level}], false
			from.between /= max(from.customers, 1)
		}
		a := alpha{kind: m.kind, level: fmt.Sprint(m.level), customers: from.customers, own: own, value: taste.MostConcentration}
		if from.customers > 0 {
			a.value = taste.Concentration(from.chances/from.customers, from.between)
		}
		r.alphas = append(r.alphas, a)
		types, kinds, levels, values = append(types, m.customerType), append(kinds, m.kind), append(levels, m.level), append(values, a.value)
	}
	if err := j.Fitted(ctx, job.Col("customer_type", types), job.Col("kind", kinds), job.Col("level", levels), job.Col("concentration", values)); err != nil {
		return err
	}
	return j.Exec(ctx, "CREATE OR REPLACE TABLE feature.taste_concentration AS SELECT customer_type, kind, CAST(level AS INTEGER) AS level, concentration FROM fitted ORDER BY 1, 2, 3")
}

// favourites finds the favourite subject of every customer.
func (r *readings) favourites(ctx context.Context, j *job.Job) error {
	f, err := j.Frame(ctx, memberSQL)
	if err != nil {
		return err
	}
	// A customer whose titles have no class has no subject, but a row.
	others, err := j.Frame(ctx, "SELECT DISTINCT customer_key FROM score.taste ORDER BY customer_key")
	if err != nil {
		return err
	}
	customer, subject := f.Column("customer_key"), f.Column("subject")
	lines, weight, base, prior := f.Column("lines"), f.Column("weight"), f.Column("base"), f.Column("prior")
	total, concentration := f.Column("total"), f.Column("concentration")
	at := 0
	for _, key := range others.Column("customer_key") {
		r.place[int64(key)] = len(r.customer)
		from := at
		for at < len(customer) && customer[at] == key {
			at++
		}
		var members []taste.Member
		var counts []float64
		all, a := 0., 1.
		for i := from; i < at; i++ {
			if !math.IsNaN(concentration[i]) {
				a = concentration[i]
			}
			if !math.IsNaN(total[i]) {
				all = total[i]
			}
			counts = append(counts, lines[i])
		}
		for i := from; i < at; i++ {
			// What was declared counts as lines beyond the base: α times its part of
			// the prior.
			members = append(members, taste.Member{Lines: weight[i] + max(a*(prior[i]-base[i]), 0), Base: base[i]})
		}
		top, err := taste.Top(members, all, a)
		if err != nil {
			return fmt.Errorf("customer %d: %w", int64(key), err)
		}
		r.add(int64(key), top, members, subject[from:at], counts)
	}
	return nil
}

func (r *readings) add(key int64, top taste.Favourite, members []taste.Member, subjects, counts []float64) {
	r.customer = append(r.customer, key)
	r.breadth = append(r.breadth, taste.Breadth(counts))
	s, share, base, affinity, confidence := int64(-1), math.NaN(), math.NaN(), math.NaN(), math.NaN()
	if top.Index >= 0 {
		s, share, base, confidence = int64(subjects[top.Index]), top.Share, members[top.Index].Base, top.Confidence
		affinity = taste.Affinity(share, base)
	}
	r.subject, r.share, r.base = append(r.subject, s), append(r.share, share), append(r.base, base)
	r.affinity, r.confidence = append(r.affinity, affinity), append(r.confidence, confidence)
	r.tested, r.drifted, r.p = append(r.tested, false), append(r.drifted, false), append(r.p, math.NaN())
	r.day, r.lost, r.won = append(r.day, 0), append(r.lost, -1), append(r.won, -1)
}

// changed is the tested change of one customer.
type changed struct {
	customer int64
	taste.Change
}

// drifts tests the customers with enough purchases for a change, and leaves
// them in the table fitted.
func drifts(ctx context.Context, j *job.Job) ([]changed, error) {
	f, err := j.Frame(ctx, visitSQL, 2*leastSide, mostVisits)
	if err != nil {
		return nil, err
	}
	customer, day, subject := f.Column("customer_key"), f.Column("day"), f.Column("subject")
	var list []changed
	var keys, days []int64
	var drifted []bool
	for from := 0; from < len(customer); {
		to := from
		var visits []taste.Visit
		for ; to < len(customer) && customer[to] == customer[from]; to++ {
			if to == from || day[to] != day[to-1] {
				visits = append(visits, taste.Visit{Day: int(day[to])})
			}
			last := &visits[len(visits)-1]
			last.Members = append(last.Members, int32(subject[to]))
		}
		key := int64(customer[from])
		from = to
		// One stream a customer: others do not change his result.
		c := taste.Drift(visits, taste.DriftOptions{Least: leastSide}, rand.New(rand.NewPCG(uint64(j.Seed), uint64(key))))
		if c.Tested {
			list = append(list, changed{key, c})
			keys, days, drifted = append(keys, key), append(days, int64(c.Day)), append(drifted, c.Found)
		}
	}
	return list, j.Fitted(ctx, job.Col("customer_key", keys), job.Col("day", days), job.Col("drifted", drifted))
}

// take sets the changes beside the favourites.
func (r *readings) take(changes []changed) {
	for _, c := range changes {
		i, known := r.place[c.customer]
		if !known {
			continue
		}
		r.tests++
		r.tested[i], r.drifted[i], r.p[i] = true, c.Found, c.P
		if c.Found {
			r.found++
			r.day[i], r.lost[i], r.won[i] = int64(c.Day), int64(c.From), int64(c.To)
		}
	}
}

// leastSide are the purchases needed before and after a change.
const leastSide = 8
