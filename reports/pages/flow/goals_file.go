package flow

import (
	"math"

	"verso/reports/page"
	"verso/reports/view"
)

// range80 is the half width, in standard deviations, of the range of a forecast
// that holds in four cases of five.
const range80 = 1.282

// The chance from which a goal is likely to be met, and up to which unlikely; a
// chance is never said to be certain while the year goes on.
const (
	likely, unlikely = .9, .1
	surest           = .99
)

// GoalCodes are the names of the goals in plans and files.
func GoalCodes() []string {
	return []string{"answered_in_24h", "first_contact", "on_time", "spoken_to", "without_fault", "reached", "plan_kept", "cost_known"}
}

// aim takes over what editors say of the goals in their file.
func (c desk) aim(list []goal) {
	for i := range list {
		g := &list[i]
		for _, t := range c.Editorial.Targets {
			if t.Goal != g.code {
				continue
			}
			g.owner, g.source, g.milestones = t.Owner.In(c.Lang.Code), t.Source, t.Milestones
			if t.Baseline.Has() {
				g.baseline = t.Baseline
			}
			target := t.Target
			if m, ok := t.Milestones[g.year]; ok {
				target = m
			}
			if target.Has() {
				g.target = target
				g.judge()
			}
		}
	}
}

// judge says anew whether the target will be met, by the forecast and its range.
func (g *goal) judge() {
	if !g.forecast.Has() || g.months == 0 {
		return
	}
	sd := 0.
	if g.high.Has() {
		sd = (g.high.Float - g.forecast.Float) / range80
	}
	ahead := g.forecast.Float >= g.target.Float
	switch {
	case sd <= 0 && ahead:
		g.status, g.chance = "met", view.N(1)
		return
	case sd <= 0:
		g.status, g.chance = "missed", view.N(0)
		return
	}
	chance := .5 * math.Erfc((g.target.Float-g.forecast.Float)/sd/math.Sqrt2)
	chance = math.Min(math.Max(chance, 1-surest), surest)
	g.chance, g.status = view.N(chance), "open"
	if chance >= likely {
		g.status = "likely"
	} else if chance <= unlikely {
		g.status = "unlikely"
	}
}

// boardSources tells which columns the scoreboard has besides: who is responsible,
// and where the target was set.
func (c desk) boardSources(t *view.Table, list []goal) {
	if len(c.Editorial.Targets) == 0 {
		return
	}
	t.Columns = append(t.Columns, view.Column{Label: c.T("goals.owner")}, view.Column{Label: c.T("goals.source")})
	for i, g := range list {
		source := view.Value{}
		switch {
		case g.source != "":
			source = view.T(g.source)
		case g.target.Has():
			source = view.T(c.T("goals.source.plan"))
		}
		owner := view.Value{}
		if g.owner != "" {
			owner = view.T(g.owner)
		}
		t.Rows[i].Cells = append(t.Rows[i].Cells, owner, source)
	}
}

// milestone is what a year came to, and what was aimed at.
type milestone struct{ share, target view.Value }

// milestonesOf are the years of the goals with the targets of the editors.
func milestonesOf(rows [][]any, list []goal) map[int64]map[int64]milestone {
	found := map[int64]map[int64]milestone{}
	at := func(no int64) map[int64]milestone {
		if found[no] == nil {
			found[no] = map[int64]milestone{}
		}
		return found[no]
	}
	for _, row := range rows {
		at(page.Whole(row[0]))[page.Whole(row[1])] = milestone{page.Value(row[3]), page.Value(row[4])}
	}
	for _, g := range list {
		if g.source == "" {
			continue
		}
		years := at(g.no)
		for year, target := range g.milestones {
			years[year] = milestone{years[year].share, target}
		}
		if _, set := g.milestones[g.year]; !set && g.target.Has() {
			years[g.year] = milestone{years[g.year].share, g.target}
		}
	}
	return found
}
