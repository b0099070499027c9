package loyalty

import (
	"context"
	_ "embed"
	"errors"
	"math"
	"slices"

	"verso/models/frame"
	"verso/models/job"
	"verso/models/survival"
)

//go:embed sql/hazard.sql
var hazardSQL string

// watched is how many customers are followed at most.
const watched = 15000

// Hazard tells what makes customers leave: Cox's proportional hazards of the
// time to loss on what service did to them in the half year before, into
// score.hazard.
func Hazard() job.Model { return job.Model{Name: "hazard", Run: runHazard} }

// covariate is one column of the model.
type covariate struct {
	name   string
	words  job.Words
	values []float64
	months int // in which it holds; of a measure, all
	losses int // in these
}

// fitted is one Cox model.
type fitted struct {
	name       string
	covariates []covariate
	cox        *survival.Cox
	worth      map[string]survival.Coefficient // by covariate
	notes      map[string]string               // of those without an estimate
	tests      map[string]float64              // p of proportional hazards by covariate
	why        job.Words                       // there is no model
}

// risk is what the models are made of: intervals of customers under risk.
type risk struct {
	sample    survival.Sample
	strata    []int
	customers int
	losses    int
	models    []fitted
}

func runHazard(ctx context.Context, j *job.Job) (int64, error) {
	if err := j.Feature(ctx, "hazard_customer", watched); err != nil {
		return 0, err
	}
	for _, name := range []string{"hazard_interval", "customer_margin"} {
		if err := j.Feature(ctx, name); err != nil {
			return 0, err
		}
	}
	f, err := j.Frame(ctx, `SELECT i.customer_key, i.entry, i.exit, i.is_lost, i."size", i.orders, i.years, i.late, i.unresolved, i.quick, i.slow, coalesce(m.type_no, 0) AS type_no,
    CASE WHEN md5('placebo' || CAST(i.customer_key AS VARCHAR)) < '8' THEN 1 ELSE 0 END AS placebo
FROM feature.hazard_interval AS i
LEFT JOIN feature.customer_margin AS m ON m.customer_key = i.customer_key
ORDER BY i.customer_key, i.entry`)
	if err != nil {
		return 0, err
	}
	r := newRisk(f)
	rows := r.telling()
	for i := range r.models {
		if err := r.models[i].fit(r, rows); err != nil {
			return 0, err
		}
	}
	if err := r.write(ctx, j); err != nil {
		return 0, err
	}
	return int64(f.Rows()), j.Save(ctx, r.card())
}

// newRisk brings the intervals into the shape of the models. Customers are
// compared with those of their type and of their size: large accounts get more
// deliveries, hence more late ones.
func newRisk(f *frame.Frame) *risk {
	n := f.Rows()
	r := &risk{sample: survival.Sample{Entry: f.Column("entry"), Time: f.Column("exit"), Event: make([]bool, n)}, strata: make([]int, n)}
	flag := func(holds func(i int) bool) []float64 {
		out := make([]float64, n)
		for i := range out {
			if holds(i) {
				out[i] = 1
			}
		}
		return out
	}
	late, unresolved, quick, slow := f.Column("late"), f.Column("unresolved"), f.Column("quick"), f.Column("slow")
	rate := make([]float64, n)
	seen := math.NaN()
	for i := range n {
		r.sample.Event[i] = f.Column("is_lost")[i] == 1
		if r.sample.Event[i] {
			r.losses++
		}
		if key := f.Column("customer_key")[i]; key != seen {
			r.customers, seen = r.customers+1, key
		}
		r.strata[i] = 64*int(f.Column("type_no")[i]) + sizeClass(f.Column("size")[i])
		rate[i] = math.Log1p(f.Column("orders")[i])
	}
	failed := func(i int) bool { return late[i] >= 2 || unresolved[i] > 0 }
	others := []covariate{
		{name: "late_once", words: job.Words{EN: "one late delivery", ZH: "一次延迟交货"}, values: flag(func(i int) bool { return late[i] == 1 })},
		{name: "complaint_quick", words: job.Words{EN: "complaint resolved within 3 days", ZH: "3 天内解决的投诉"}, values: flag(func(i int) bool { return quick[i] > 0 && !failed(i) })},
		{name: "complaint_slow", words: job.Words{EN: "complaint resolved within 30 days", ZH: "30 天内解决的投诉"}, values: flag(func(i int) bool { return slow[i] > 0 && !failed(i) })},
		{name: "orders", words: job.Words{EN: "order days a year so far (log of 1 + them)", ZH: "至今年均订购天数（对数）"}, values: rate},
		{name: "years", words: job.Words{EN: "years as a customer", ZH: "客户年限"}, values: f.Column("years")},
		{name: "placebo", words: job.Words{EN: "chance (customers halved at random)", ZH: "随机（安慰剂）"}, values: f.Column("placebo")},
	}
	r.models = []fitted{
		{name: "together", covariates: append([]covariate{
			{name: "service_failure", words: job.Words{EN: "two late deliveries or a complaint open for 30 days", ZH: "两次延迟交货或投诉 30 天未解决"}, values: flag(failed)}}, others...)},
		{name: "apart", covariates: append([]covariate{
			{name: "late_twice", words: job.Words{EN: "two late deliveries or more", ZH: "两次及以上延迟交货"}, values: flag(func(i int) bool { return late[i] >= 2 })},
			{name: "complaint_unresolved", words: job.Words{EN: "complaint open for 30 days", ZH: "投诉 30 天未解决"}, values: flag(func(i int) bool { return unresolved[i] > 0 })}}, others[3:5]...)},
	}
	return r
}

// sizeClass doubles from class to class, from 100 a year.
func sizeClass(net float64) int {
	if net <= 100 {
		return 0
	}
	return min(63, 1+int(math.Log2(net/100)))
}

// telling are the rows in which a customer of the stratum was lost: only there
// are those at risk compared, so all others can be left out.
func (r *risk) telling() []int {
	lost := map[int][]float64{}
	for i, event := range r.sample.Event {
		if event {
			lost[r.strata[i]] = append(lost[r.strata[i]], r.sample.Time[i])
		}
	}
	for _, days := range lost {
		slices.Sort(days)
	}
	var rows []int
	for i, stratum := range r.strata {
		days := lost[stratum]
		if k, _ := slices.BinarySearch(days, math.Nextafter(r.sample.Entry[i], math.Inf(1))); k < len(days) && days[k] <= r.sample.Time[i] {
			rows = append(rows, i)
		}
	}
	return rows
}

func take[T any](values []T, rows []int) []T {
	out := make([]T, len(rows))
	for i, row := range rows {
		out[i] = values[row]
	}
	return out
}

// fit counts what each covariate holds for and fits the model; covariates under
// which nobody or everybody was lost are left out of it, with a note.
func (m *fitted) fit(r *risk, rows []int) error {
	for k := range m.covariates {
		c := &m.covariates[k]
		for i, v := range c.values {
			if v != 0 {
				c.months++
				if r.sample.Event[i] {
					c.losses++
				}
			}
		}
	}
	if r.sample.Len() == 0 {
		m.why = job.Words{EN: "nobody was at risk: it takes customers who bought on three days, and a calendar", ZH: "没有处于风险中的客户：需要有三个订购日的客户，以及日历"}
		return nil
	}
	if r.losses == 0 {
		m.why = job.Wordsf("none of the %d customers watched was lost", "所观察的 %d 个客户无一流失", r.customers)
		return nil
	}
	sample := survival.Sample{Entry: take(r.sample.Entry, rows), Time: take(r.sample.Time, rows), Event: take(r.sample.Event, rows)}
	strata := take(r.strata, rows)
	m.notes = map[string]string{}
	for range len(m.covariates) {
		x := survival.Covariates{}
		for _, c := range m.covariates {
			if m.notes[c.name] == "" {
				x.Names, x.Columns = append(x.Names, c.name), append(x.Columns, take(c.values, rows))
			}
		}
		cox, err := survival.FitCox(sample, x, survival.CoxOptions{Strata: strata})
		if errors.Is(err, survival.ErrEmpty) || errors.Is(err, survival.ErrNoEvents) || errors.Is(err, survival.ErrNoCovariates) || errors.Is(err, survival.ErrNoFit) {
			m.why = unfit(err)
			return nil
		}
		if err != nil {
			return err
		}
		if m.note(cox) {
			continue
		}
		m.cox = cox
		break
	}
	return m.test()
}

// note remembers the covariates that have no estimate; false when all have one.
func (m *fitted) note(cox *survival.Cox) bool {
	before := len(m.notes)
	m.worth = map[string]survival.Coefficient{}
	for _, c := range cox.Coefficients {
		switch {
		case c.Dropped != "":
			m.notes[c.Name] = "not in the model: " + c.Dropped
		case c.Infinite < 0:
			m.notes[c.Name] = "nobody was lost under it, so there is no ratio"
		case c.Infinite > 0:
			m.notes[c.Name] = "wherever it can be compared only customers under it were lost, so there is no ratio"
		default:
			m.worth[c.Name] = c
		}
	}
	return len(m.notes) > before
}

// test looks at whether the ratios stay the same over time.
func (m *fitted) test() error {
	m.tests = map[string]float64{}
	if m.cox == nil {
		return nil
	}
	tests, err := m.cox.Proportionality(survival.IdentityTime)
	if err != nil {
		return err
	}
	for _, t := range tests {
		m.tests[t.Name] = t.P
	}
	return nil
}

func (r *risk) write(ctx context.Context, j *job.Job) error {
	var models, names, en, zh, notes []string
	var places, months, losses []int64
	columns := make([][]float64, 5) // ratio, low, high, p, p of proportionality
	for _, m := range r.models {
		if m.cox == nil {
			continue
		}
		for k, c := range m.covariates {
			models, names, en, zh = append(models, m.name), append(names, c.name), append(en, c.words.EN), append(zh, c.words.ZH)
			places, months, losses = append(places, int64(k+1)), append(months, int64(c.months)), append(losses, int64(c.losses))
			row, note := m.row(k)
			notes = append(notes, note)
			for i, v := range row {
				columns[i] = append(columns[i], v)
			}
		}
	}
	return j.Score(ctx, hazardSQL, nil, job.Col("model", models), job.Col("place", places), job.Col("covariate", names), job.Col("covariate_en", en), job.Col("covariate_zh", zh),
		job.Col("months", months), job.Col("losses", losses), job.Col("hazard_ratio", columns[0]), job.Col("lower", columns[1]), job.Col("upper", columns[2]),
		job.Col("p", columns[3]), job.Col("proportional_p", columns[4]), job.Col("note", notes))
}

// row is what covariate k is worth; NaN where there is no estimate, which the
// note explains.
func (m *fitted) row(k int) (row [5]float64, note string) {
	for i := range row {
		row[i] = math.NaN()
	}
	name := m.covariates[k].name
	c, known := m.worth[name]
	if !known {
		return row, m.notes[name]
	}
	row = [5]float64{c.HR, c.Lower, c.Upper, c.P, math.NaN()}
	if p, tested := m.tests[name]; tested {
		row[4] = p
	}
	return row, ""
}

func (r *risk) card() job.Card {
	c := job.Card{
		Model: "hazard", Version: 1, Rows: int64(r.sample.Len()), Outputs: []string{"hazard"},
		Definition: job.Words{
			EN: "Cox's proportional hazards of being lost, on what was known before each month under risk (time-varying intervals; the axis is the calendar), among customers of one type and size. " +
				"At risk from the third order day. Lost: silent for more than 180 days and four usual gaps; the loss counts one usual gap after the customer began to leave. Service looks back 183 days.",
			ZH: "以各月开始前已知情况为时变协变量的 Cox 比例风险模型（时间轴为日历），按客户类型与规模分层。自第三个订购日起计入风险集。流失：沉默超过 180 天且超过四个平均间隔；流失日为开始离开后一个平均间隔。服务情况回看 183 天。"},
		Features: []job.Feature{{Name: "late", Definition: job.Words{EN: "lines delivered late, or due and not there, promised in the 183 days before", ZH: "此前 183 天内承诺而迟交或到期未到的行"}}, {Name: "complaint", Definition: job.Words{EN: "complaints of the 183 days before, by how long they took", ZH: "此前 183 天的投诉，按处理时长"}},
			{Name: "size", Definition: job.Words{EN: "net a year so far; classes that double from 100 are strata, with the customer type", ZH: "迄今年均净额；自 100 起逐级加倍，与客户类型共同分层"}}, {Name: "placebo", Definition: job.Words{EN: "customers halved by a hash of their key: its ratio must be about 1", ZH: "按键的散列将客户一分为二：其比值应约为 1"}}},
	}
	c.Parameter("customers", job.Wordsf("%d, at most %d, drawn by a hash of the key", "%d 个，至多 %d 个，按键的散列抽取", r.customers, watched))
	c.Parameter("losses", r.losses)
	m := r.models[0]
	if m.cox == nil {
		c.Reading = job.Wordsf("No hazard ratios: %[1]s.", "无风险比：数据不足（%[2]s）。", m.why.EN, m.why.ZH)
		return c
	}
	c.Metric("concordance", m.cox.Concordance.C, "", job.Words{EN: "share of pairs in which the model ranks the one lost first (Harrell)", ZH: "模型将先流失者排在前面的配对比例（Harrell）"})
	for k, v := range m.covariates {
		row, _ := m.row(k)
		c.Metric("hazard_ratio_"+v.name, row[0], "", v.words)
	}
	v := m.covariates[0]
	row, note := m.row(0)
	if math.IsNaN(row[0]) {
		c.Reading = job.Wordsf("What service failures do cannot be told: %[1]s.", "服务失误的影响无法判断（%[2]s）。", note, said(job.Words{}, note).ZH)
		return c
	}
	c.Reading = job.Wordsf("After two late deliveries or a complaint open for 30 days customers are lost at %.2f times the rate of their like (95 %% interval %.2f to %.2f); %d of %d losses came under it.",
		"两次延迟交货或投诉 30 天未解决之后，流失率为同类客户的 %.2f 倍（95 %% 区间 %.2f–%.2f）；%[5]d 次流失中有 %[4]d 次属此情形。", row[0], row[1], row[2], v.losses, r.losses)
	return c
}
