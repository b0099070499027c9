package churn

import (
	"context"
	"math"
	"sort"

	"verso/models/job"
	"verso/olap/engine"
)

// extra is what is told of a customer beside its features; see feature.churn_fact.
// Days are since 1970-01-01; NaN where there is none.
type extra struct {
	subject                                                  job.Words
	linesBefore, linesNow, lateDay, complaintDay, daysBefore float64
	subjectDay, yearNow, yearBefore, valueNow, valueBefore   float64
	firstHalf, openDay, contacts, contactsBefore, contactDay float64
}

// readFacts reads feature.churn_fact.
func readFacts(ctx context.Context, j *job.Job) (map[int64]extra, error) {
	out := map[int64]extra{}
	number := func(v any) float64 {
		if f, ok := engine.Float(v); ok {
			return f
		}
		return math.NaN()
	}
	err := engine.Rows(ctx, j.Conn, engine.SQL(`SELECT f.customer_key, coalesce(f.subject, ''), coalesce(f.subject_zh, f.subject, ''), CAST(f.lines_before AS DOUBLE), CAST(f.lines_now AS DOUBLE), CAST(f.late_day AS DOUBLE), CAST(f.complaint_day AS DOUBLE), CAST(f.days_before AS DOUBLE),
    CAST(f.subject_day AS DOUBLE), CAST(f.year_now AS DOUBLE), CAST(f.year_before AS DOUBLE), CAST(f.value_now AS DOUBLE), CAST(f.value_before AS DOUBLE), CAST(f.first_half AS DOUBLE), CAST(f.open_day AS DOUBLE), CAST(f.contacts_now AS DOUBLE), CAST(f.contacts_before AS DOUBLE), CAST(f.contact_day AS DOUBLE)
FROM feature.churn_fact AS f ORDER BY f.customer_key`), func(r []any) error {
		key, _ := engine.Int(r[0])
		x := extra{subject: job.Words{EN: engine.Text(r[1]), ZH: engine.Text(r[2])}}
		for k, to := range []*float64{&x.linesBefore, &x.linesNow, &x.lateDay, &x.complaintDay, &x.daysBefore, &x.subjectDay, &x.yearNow, &x.yearBefore, &x.valueNow, &x.valueBefore,
			&x.firstHalf, &x.openDay, &x.contacts, &x.contactsBefore, &x.contactDay} {
			*to = number(r[3+k])
		}
		out[key] = x
		return nil
	})
	return out, err
}

// changed is something that has changed in a customer's own past.
type changed struct {
	concept, measure string
	words            job.Words
	before, now, day float64 // NaN where it does not apply
	weight           float64 // how far from chance, in standard errors where it is a count
}

// From when a change is told.
const (
	fallTold    = .7  // of the days a year before, and fewer
	leastDays   = 2   // days fewer
	lateTold    = 2   // lines late in half a year
	silenceTold = 1.5 // times the usual gap
	priceTold   = .05 // a copy dearer, on the log
)

// changes are what has changed for a row, the clearest first.
func (r *rows) changes(row int, x extra) []changed {
	get := func(name string) float64 { return r.number(name, row) }
	var list []changed
	add := func(concept, measure string, before, now, day, weight float64, words job.Words) {
		list = append(list, changed{concept, measure, words, before, now, day, weight})
	}
	fell := func(before, now float64) (weight float64, told bool) {
		return (before - now) / math.Sqrt(before+now), now <= fallTold*before && before-now >= leastDays
	}
	none := math.NaN()
	if w, told := fell(x.yearBefore, x.yearNow); told && get("tenure") >= 730 {
		add("trend", "year", x.yearBefore, x.yearNow, none, w, job.Wordsf("order days fell from %.0[1]f to %.0[2]f, year on year", "订货天数由上一年 %.0[1]f 天降至近一年 %.0[2]f 天", x.yearBefore, x.yearNow))
	} else if w, told := fell(x.firstHalf, get("days_183")); told && get("tenure") >= 366 && get("tenure") < 730 {
		add("trend", "first_half", x.firstHalf, get("days_183"), none, w, job.Wordsf("ordered on %.0[1]f days in its first half-year, on %.0[2]f in the last", "最初半年订货 %.0[1]f 天，最近半年 %.0[2]f 天", x.firstHalf, get("days_183")))
	} else if x.valueBefore > 0 && x.valueNow < fallTold*x.valueBefore && get("tenure") >= 730 {
		share := math.Round(100 * (1 - x.valueNow/x.valueBefore))
		add("value", "value", x.valueBefore, x.valueNow, none, 1, job.Wordsf("orders fell by %.0f %% in value, year on year", "订货额较上一年下降 %.0f %%", share))
	}
	if w, told := fell(x.linesBefore, x.linesNow); told && x.subject.EN != "" && x.linesBefore >= 3 {
		m := monthOf(x.subjectDay)
		add("classes", "subject", x.linesBefore, x.linesNow, x.subjectDay, w, job.Wordsf("lines in %[1]s fell from %.0[3]f to %.0[4]f, year on year; the last in %[5]s", "“%[2]s”类订单行由上一年 %.0[3]f 降至近一年 %.0[4]f；最近在 %[6]s", x.subject.EN, x.subject.ZH, x.linesBefore, x.linesNow, m.EN, m.ZH))
	}
	if gap, days := get("gap_mean"), get("recency"); gap > 0 && days >= silenceTold*gap && days >= 30 {
		fact, _ := silence(days, gap, get("days"))
		add("rhythm", "silence", math.Round(gap), days, none, math.Log(days/gap)+1, fact)
	}
	list = append(list, r.treated(row, x)...)
	sort.SliceStable(list, func(a, b int) bool { return list[a].weight > list[b].weight })
	return list
}

// treated are the changes in what we did.
func (r *rows) treated(row int, x extra) []changed {
	get := func(name string) float64 { return r.number(name, row) }
	none := math.NaN()
	var list []changed
	if n := get("late_183"); n >= lateTold && !math.IsNaN(x.lateDay) {
		if fact, ok := r.serviceFact("service", row, x); ok {
			list = append(list, changed{"service", "late", fact, none, n, x.lateDay, 1 + math.Sqrt(n)/2})
		}
	}
	if !math.IsNaN(x.openDay) {
		m := monthOf(x.openDay)
		list = append(list, changed{"complaints", "open", job.Wordsf("a complaint of %[1]s is not resolved yet", "%[2]s的投诉至今未解决", m.EN, m.ZH), none, none, x.openDay, 2.5})
	}
	if now, before := x.contacts, x.contactsBefore; before >= 2 && now <= before/2 {
		m := monthOf(x.contactDay)
		list = append(list, changed{"contact", "contacts", job.Wordsf("contacted %[1]s in half a year, %.0[2]f times in the same half a year before; last in %[3]s", "近半年联系 %.0[5]f 次，去年同期 %.0[2]f 次；最近在 %[4]s", one(now, "time", "times"), before, m.EN, m.ZH, now), before, now, x.contactDay, (before - now) / math.Sqrt(before+now)})
	}
	if fact, ok := r.serviceFact("salesperson", row, x); ok {
		list = append(list, changed{"salesperson", "salesperson", fact, none, none, none, 1.2})
	}
	if change := get("price_change"); change > priceTold {
		if fact, ok := r.serviceFact("price", row, x); ok {
			list = append(list, changed{"price", "price", fact, none, change, none, .8})
		}
	}
	return list
}

// listed is a reason as it stands in a list: a change says that it is one.
func (t told) listed() job.Words {
	if t.change == nil {
		return t.fact
	}
	return job.Words{EN: "changed: " + t.fact.EN, ZH: "变化：" + t.fact.ZH}
}

// reasonRows are the rows of score.churn_reason.
type reasonRows struct {
	key, place                                  []int64
	basis, concept, conceptZH, fact, factZH, of []string
	share, before, now, day                     []float64
}

func (r *reasonRows) add(customer, place int64, t told) {
	r.key, r.place, r.share = append(r.key, customer), append(r.place, place), append(r.share, t.share)
	words := concepts[t.concept]
	r.concept, r.conceptZH, r.fact, r.factZH = append(r.concept, words.EN), append(r.conceptZH, words.ZH), append(r.fact, t.fact.EN), append(r.factZH, t.fact.ZH)
	basis, c := "changed", t.change
	if c == nil {
		basis, c = "model", &changed{before: math.NaN(), now: math.NaN(), day: math.NaN()}
	}
	r.basis, r.of = append(r.basis, basis), append(r.of, c.measure)
	r.before, r.now, r.day = append(r.before, c.before), append(r.now, c.now), append(r.day, c.day)
}

func (r *reasonRows) write(ctx context.Context, j *job.Job) error {
	return j.Score(ctx, reasonSQL, nil, job.Col("customer_key", r.key), job.Col("place", r.place), job.Col("basis", r.basis), job.Col("concept", r.concept), job.Col("concept_zh", r.conceptZH),
		job.Col("share", r.share), job.Col("fact", r.fact), job.Col("fact_zh", r.factZH), job.Col("measure", r.of), job.Col("before", r.before), job.Col("now", r.now), job.Col("day", r.day))
}
