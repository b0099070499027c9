package prospecting

import (
	"context"
	_ "embed"
	"math"

	"verso/models/frame"
	"verso/models/job"
	"verso/models/propensity"
)

var (
	//go:embed sql/lead.sql
	leadSQL string
	//go:embed sql/opportunity.sql
	opportunitySQL string
	//go:embed sql/lead_calibration.sql
	leadCalibrationSQL string
)

// Leads says how likely every open lead orders within a year of its creation
// (score.lead) and every open opportunity is won within half a year
// (score.opportunity), what that would earn, and why; score.lead_calibration is
// how such chances came true before.
func Leads() job.Model { return job.Model{Name: "leads", Run: runLeads} }

// subject is one of the two kinds that are scored.
type subject struct {
	name    string // lead or opportunity
	days    int
	numbers []string
	levels  []string
	words   map[string]job.Words // of the features
	areas   map[string]string    // Chinese names of areas
	sql     string
	*chances
	*verdict
}

// pull is how many customers the mean of all sources counts for beside those of a
// lead's own source.
const pull = 20

func subjectsToScore() []*subject {
	area, season := job.Words{EN: "area", ZH: "地区"}, job.Words{EN: "season", ZH: "季度"}
	return []*subject{
		{name: "lead", days: 365, sql: leadSQL, levels: []string{"lead_source", "campaign_type", "area", "season"}, numbers: []string{"nearby", "crowd"},
			words: map[string]job.Words{"lead_source": {EN: "source", ZH: "来源"}, "campaign_type": {EN: "campaign", ZH: "活动"}, "area": area, "season": season,
				"nearby": {EN: "orders from the area", ZH: "本地区订单"}, "crowd": {EN: "leads in 30 days", ZH: "30 天内线索数"}}},
		{name: "opportunity", days: 180, sql: opportunitySQL, levels: []string{"customer_type", "area", "season"}, numbers: []string{"from_lead", "net_12", "since_days", "tried", "gained", "visits"},
			words: map[string]job.Words{"customer_type": {EN: "type", ZH: "类型"}, "area": area, "season": season, "from_lead": {EN: "from a lead", ZH: "来自线索"},
				"net_12": {EN: "sales in the year before", ZH: "此前一年销售"}, "since_days": {EN: "days since the last order", ZH: "距上次订货天数"},
				"tried": {EN: "opportunities before", ZH: "以往商机"}, "gained": {EN: "won before", ZH: "以往赢单"}, "visits": {EN: "contacts in 90 days", ZH: "90 天内联系"}}},
	}
}

func runLeads(ctx context.Context, j *job.Job) (int64, error) {
	for _, f := range []struct {
		name string
		args []any
	}{{"customer_margin", nil}, {"lead", nil}, {"lead_value", []any{pull, pull}}, {"opportunity", nil}} {
		if err := j.Feature(ctx, f.name, f.args...); err != nil {
			return 0, err
		}
	}
	asOf := float64(j.AsOf.Unix() / 86400)
	list := subjectsToScore()
	var rows int64
	for _, s := range list {
		if err := s.read(ctx, j); err != nil {
			return 0, err
		}
		var err error
		if s.verdict, err = s.judge(asOf, j.Seed); err != nil {
			return 0, err
		}
		n, err := s.write(ctx, j)
		if err != nil {
			return 0, err
		}
		rows += n
	}
	if err := writeCalibration(ctx, j, list); err != nil {
		return 0, err
	}
	return rows, j.Save(ctx, leadsCard(list, rows))
}

// read takes the features.
func (s *subject) read(ctx context.Context, j *job.Job) error {
	if err := s.readAreas(ctx, j); err != nil {
		return err
	}
	columns := "id, day_no, age_days, success_days, is_open"
	for _, name := range s.numbers {
		columns += ", CAST(" + name + " AS DOUBLE) AS " + name
	}
	f, err := j.Frame(ctx, "SELECT "+columns+" FROM feature."+s.name+" ORDER BY id")
	if err != nil {
		return err
	}
	s.chances = chancesOf(f, s.days)
	for _, name := range s.levels {
		c := propensity.Column{Name: name, Levels: []string{}}
		if err := j.Each(ctx, "SELECT id, "+name+" FROM feature."+s.name+" ORDER BY id", func(_ int64, level string) { c.Levels = append(c.Levels, level) }); err != nil {
			return err
		}
		s.x = append(s.x, c)
	}
	for _, name := range s.numbers {
		s.x = append(s.x, propensity.Column{Name: name, Numbers: f.Column(name)})
	}
	return nil
}

func chancesOf(f *frame.Frame, days int) *chances {
	c := &chances{days: days, created: f.Column("day_no"), age: f.Column("age_days"), success: f.Column("success_days")}
	for i, id := range f.Column("id") {
		c.ids, c.open = append(c.ids, int64(id)), append(c.open, f.Column("is_open")[i] == 1)
	}
	return c
}

// write scores what is open and has not succeeded.
func (s *subject) write(ctx context.Context, j *job.Job) (int64, error) {
	var rows []int
	for i, open := range s.open {
		if open && math.IsNaN(s.success[i]) {
			rows = append(rows, i)
		}
	}
	p := filled(len(rows), s.base)
	var ids []int64
	var left []float64
	basis := make([]string, len(rows))
	var reasons [2][2][]string // [place][language]
	for place := range reasons {
		for lang := range reasons[place] {
			reasons[place][lang] = make([]string, len(rows))
		}
	}
	if s.model != nil && len(rows) > 0 {
		if err := s.explain(rows, p, &reasons); err != nil {
			return 0, err
		}
	}
	for k, i := range rows {
		ids, left = append(ids, s.ids[i]), append(left, s.left(p[k], s.age[i], s.days))
		basis[k] = "base rate"
		if s.model != nil {
			basis[k] = "model"
		}
	}
	if s.verdict.rows == 0 {
		p, left = filled(len(rows), math.NaN()), filled(len(rows), math.NaN())
		for k := range basis {
			basis[k] = "none"
		}
	}
	err := j.Score(ctx, s.sql, nil, job.Col("id", ids), job.Col("p", p), job.Col("p_left", left), job.Col("basis", basis),
		job.Col("reason_1", reasons[0][0]), job.Col("reason_2", reasons[1][0]), job.Col("reason_1_zh", reasons[0][1]), job.Col("reason_2_zh", reasons[1][1]))
	return int64(len(ids)), err
}

// explain fills in probabilities and the two features that move each the most.
func (s *subject) explain(rows []int, p []float64, reasons *[2][2][]string) error {
	x := s.x.Take(rows)
	scores, err := s.model.Score(x)
	if err != nil {
		return err
	}
	copy(p, scores)
	e, err := s.model.Learner().Explain(x)
	if err != nil {
		return err
	}
	for k := range rows {
		first, second := -1, -1
		for f := range e.Names {
			switch size := math.Abs(e.Shares[f][k]); {
			case size < 0.05: // less than 5 % on the odds is nothing to tell
			case first < 0 || size > math.Abs(e.Shares[first][k]):
				first, second = f, first
			case second < 0 || size > math.Abs(e.Shares[second][k]):
				second = f
			}
		}
		for place, f := range []int{first, second} {
			if f >= 0 {
				w := s.reason(e.Names[f], x, k, e.Shares[f][k])
				reasons[place][0][k], reasons[place][1][k] = w.EN, w.ZH
			}
		}
	}
	return nil
}

// reason tells what a feature does to the odds of a row.
func (s *subject) reason(name string, x propensity.Table, row int, share float64) job.Words {
	var value job.Words
	for _, c := range x {
		if c.Name != name {
			continue
		}
		switch {
		case c.Levels != nil:
			value = s.levelName(name, c.Levels[row])
		case math.IsNaN(c.Numbers[row]):
			value = job.Words{EN: "–", ZH: "–"}
		default:
			value = job.Wordsf("%.0f", "%.0f", c.Numbers[row])
		}
	}
	w := s.words[name]
	return job.Wordsf("%[1]s %[3]s: odds × %.2[5]f", "%[2]s %[4]s：几率 × %.2[5]f", w.EN, w.ZH, value.EN, value.ZH, math.Exp(share))
}

func writeCalibration(ctx context.Context, j *job.Job, list []*subject) error {
	var names []string
	var bin, rows []int64
	var mean, rate []float64
	for _, s := range list {
		for k, b := range s.bins {
			names, bin, rows, mean, rate = append(names, s.name), append(bin, int64(k+1)), append(rows, int64(b.Rows)), append(mean, b.Mean), append(rate, b.Rate)
		}
	}
	return j.Score(ctx, leadCalibrationSQL, nil, job.Col("what", names), job.Col("bin", bin), job.Col("n", rows), job.Col("probability", mean), job.Col("rate", rate))
}

func leadsCard(list []*subject, rows int64) job.Card {
	c := job.Card{
		Model: "leads", Version: 1, Rows: rows, Outputs: []string{"lead", "opportunity", "lead_calibration"},
		Definition: job.Words{
			EN: "The chance that a lead orders within 365 days of its creation and that an opportunity is won within 180, from what was known when it was created, and only that: status, salesperson, amounts and scores that people type over are left out. The chance left counts the time gone without success. It is a model's where the model beats the base rate on later ones, else the base rate.",
			ZH: "线索自建立起 365 天内订货、商机 180 天内赢单的机会，只依据建立时已知的情况；状态、销售员、金额与人工评分会被改写，故不用。剩余机会计入已过去而未成功的时间。模型在较晚数据上优于基准率时用模型，否则用基准率。"},
	}
	for _, s := range list {
		for _, n := range append(append([]string{}, s.levels...), s.numbers...) {
			c.Features = append(c.Features, job.Feature{Name: s.name + "." + n, Definition: job.Words{EN: s.words[n].EN + ", as of its creation", ZH: s.words[n].ZH + "（建立时）"}})
		}
		s.tell(&c)
		w := s.reading()
		c.Reading.EN, c.Reading.ZH = c.Reading.EN+w.EN, c.Reading.ZH+w.ZH
	}
	return c
}

// kindZH names the kinds of models in Chinese.
var kindZH = map[string]string{"logistic regression": "逻辑回归", "boosted trees": "提升树"}

func (s *subject) tell(c *job.Card) {
	kind := job.Words{EN: s.kind, ZH: kindZH[s.kind]}
	if s.kind == "" {
		kind = job.Words{EN: "none: " + s.verdict.reason[0], ZH: "无：" + s.verdict.reason[1]}
	}
	c.Parameter(s.name+".model", kind)
	c.Parameter(s.name+".days", s.days)
	c.Metric(s.name+".rows", float64(s.rows), "rows", job.Words{EN: "old enough for their outcome to be certain", ZH: "时间已够长、结果已定"})
	if s.rows > 0 {
		c.Metric(s.name+".base_rate", s.base, "share", job.Words{EN: "of them that succeeded in time", ZH: "其中按期成功的比例"})
	}
	if s.tested == 0 {
		return
	}
	c.Metric(s.name+".tested", float64(s.tested), "rows", job.Words{EN: "held out, the latest", ZH: "留作检验，取最近者"})
	c.Metric(s.name+".auc", s.auc, "", job.Words{EN: "on the rows held out; 0.5 is chance", ZH: "对留出的行；0.5 为随机"})
	c.Metric(s.name+".auc_low", s.low, "", job.Words{EN: "lower end of its 95 % interval (DeLong)", ZH: "95% 区间下限（DeLong）"})
	c.Metric(s.name+".auc_high", s.high, "", job.Words{EN: "upper end", ZH: "上限"})
	c.Metric(s.name+".log_loss", s.loss, "", job.Words{EN: "on the rows held out; lower is better", ZH: "对留出的行；越低越好"})
	c.Metric(s.name+".base_log_loss", s.baseLoss, "", job.Words{EN: "of the base rate known before them", ZH: "以此前已知的基准率计"})
	c.Metric(s.name+".calibration_error", s.ece, "share", job.Words{EN: "mean distance of probability and rate over ten bins", ZH: "十个分组中概率与实际比例的平均差距"})
	c.Metric(s.name+".permuted_auc", s.permuted, "", job.Words{EN: "of the same model after the outcomes were dealt out at random, mean of five deals: 0.5 where nothing leaks", ZH: "将结果随机打乱后同一模型的值，五次平均：无信息泄漏时为 0.5"})
}

func (s *subject) reading() job.Words {
	en, zh := map[string]string{"lead": "leads", "opportunity": "opportunities"}[s.name], map[string]string{"lead": "线索", "opportunity": "商机"}[s.name]
	switch {
	case len(s.ids) == 0:
		return job.Wordsf("There are no %[1]s. ", "没有%[2]s。", en, zh)
	case s.rows == 0:
		return job.Wordsf("None of the %d %s is old enough to learn from. ", "%[1]d 个%[3]s都太新，无从学习。", len(s.ids), en, zh)
	case s.model == nil:
		return job.Wordsf("Of %[1]d %[2]s old enough, %.0[4]f %% succeeded; every open one has this chance, since %[5]s. ", "%[1]d 个结果已定的%[3]s中 %.0[4]f %% 成功；未结者均按此机会计，因为%[6]s。",
			s.rows, en, zh, 100*s.base, s.verdict.reason[0], s.verdict.reason[1])
	}
	return job.Wordsf("Of %[1]d %[2]s old enough, %.0[4]f %% succeeded. Tested on the %[5]d latest, the model ranks a success above a failure in %.0[6]f %% of pairs (chance: 50 %%). ", "%[1]d 个结果已定的%[3]s中 %.0[4]f %% 成功。以最近 %[5]d 个检验，模型在 %.0[6]f %% 的配对中把成功者排在失败者之前（随机为 50 %%）。",
		s.rows, en, zh, 100*s.base, s.tested, 100*s.auc)
}
