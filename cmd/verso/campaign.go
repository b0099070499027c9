package main

import (
	"fmt"
	"math"

	"github.com/spf13/cobra"

	"verso/models/uplift"
)

func (a *app) campaignCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "campaign",
		Short: "Plan a campaign before it is launched",
		Args:  usageArgs(cobra.NoArgs),
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.campaignPlanCommand())
	return cmd
}

// campaignPlan is the flags of verso campaign plan.
type campaignPlan struct {
	plan                       uplift.Plan
	cost, fixed, margin        float64
	treated, control, contacts int
	format                     string
}

// planned is what verso campaign plan answers.
type planned struct {
	Base           float64  `json:"base"`
	Lift           float64  `json:"lift,omitempty"`
	Alpha          float64  `json:"alpha"`
	Power          float64  `json:"power"`
	Treated        int      `json:"treated,omitempty"`
	Control        int      `json:"control,omitempty"`
	Detectable     *float64 `json:"detectable_lift,omitempty"`
	BreakEvenLift  *float64 `json:"break_even_lift,omitempty"`
	BreakEvenRate  *float64 `json:"break_even_rate,omitempty"`
	BreakEvenNote  string   `json:"break_even_note,omitempty"`
	Contacts       int      `json:"contacts,omitempty"`
	ExpectedProfit *float64 `json:"expected_profit,omitempty"`
}

func (a *app) campaignPlanCommand() *cobra.Command {
	var f campaignPlan
	cmd := &cobra.Command{
		Use:   "plan",
		Short: "Say how many customers a test needs, and from which response it pays",
		Long: `plan says before a campaign is launched how many customers each arm needs, so that
a lift of the response that matters will be found with the power asked for, by a
two-sided test of two rates (Fleiss 1981). With --treated it says instead which
lift so many customers can show. With the cost of a contact and the margin of an
order it says from which response the campaign pays. It reads no data.`,
		Example: `  verso campaign plan --base 0.04 --lift 0.02
  verso campaign plan --base 0.04 --lift 0.01 --power 0.9 --controls 0.25
  verso campaign plan --base 0.04 --treated 5000 --control 1000
  verso campaign plan --base 0.04 --lift 0.02 --cost 2 --fixed 3000 --margin 180 --contacts 8000`,
		Args: usageArgs(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return a.planCampaign(cmd, f) },
	}
	flags := cmd.Flags()
	flags.Float64Var(&f.plan.Base, "base", 0, "response without the campaign, such as 0.04")
	flags.Float64Var(&f.plan.Lift, "lift", 0, "rise of the response that is to be found, such as 0.02 for two points")
	flags.Float64Var(&f.plan.Power, "power", .8, "chance to find it when it is there")
	flags.Float64Var(&f.plan.Alpha, "alpha", .05, "two-sided level of the test")
	flags.Float64Var(&f.plan.Controls, "controls", 1, "customers held back for each one treated")
	flags.IntVar(&f.treated, "treated", 0, "customers treated: say which lift they can show")
	flags.IntVar(&f.control, "control", 0, "customers held back; with --treated (default: as many, times --controls)")
	flags.Float64Var(&f.cost, "cost", 0, "cost of a contact")
	flags.Float64Var(&f.fixed, "fixed", 0, "cost of the campaign beside the contacts")
	flags.Float64Var(&f.margin, "margin", 0, "margin of a response")
	flags.IntVar(&f.contacts, "contacts", 0, "customers the campaign is to address (default: those treated in the test)")
	flags.StringVar(&f.format, "format", "table", "table or json")
	return cmd
}

func (a *app) planCampaign(cmd *cobra.Command, f campaignPlan) error {
	path := cmd.CommandPath()
	switch {
	case f.format != "table" && f.format != "json":
		return usagef(path, "unknown format %q: table or json", f.format)
	case f.plan.Lift == 0 && f.treated == 0:
		return usagef(path, "--lift says which rise of the response is to be found, or --treated how many customers there are")
	case !(f.cost >= 0 && f.fixed >= 0 && f.contacts >= 0) || math.IsInf(f.cost+f.fixed, 0):
		return usagef(path, "costs and contacts are not negative")
	}
	p := planned{Base: f.plan.Base, Lift: f.plan.Lift, Alpha: f.plan.Alpha, Power: f.plan.Power}
	var err error
	if f.treated > 0 {
		if p.Treated, p.Control = f.treated, f.control; f.control == 0 {
			p.Control = int(math.Ceil(float64(f.treated) * f.plan.Controls))
		}
		var lift float64
		lift, err = f.plan.Detectable(p.Treated, p.Control)
		p.Detectable = &lift
	} else {
		p.Treated, p.Control, err = f.plan.SampleSize()
	}
	if err != nil {
		return usagef(path, "%v", err)
	}
	if p.Contacts = f.contacts; p.Contacts == 0 {
		p.Contacts = p.Treated
	}
	f.breakEven(&p)
	if f.format == "json" {
		return a.printJSON(p)
	}
	a.printPlan(p)
	return nil
}

// breakEven fills from which response the contacts pay their cost.
func (f campaignPlan) breakEven(p *planned) {
	spent := f.cost*float64(p.Contacts) + f.fixed
	switch {
	case spent == 0 && f.margin == 0:
		p.BreakEvenNote = "--cost, --fixed and --margin tell from which response it pays"
	case !(f.margin > 0):
		p.BreakEvenNote = "without a margin of a response no response pays the cost"
	default:
		lift := spent / float64(p.Contacts) / f.margin
		rate := p.Base + lift
		p.BreakEvenLift, p.BreakEvenRate = &lift, &rate
		if rate > 1 {
			p.BreakEvenNote = "even if everyone responded it would not pay"
		}
		if p.Lift != 0 {
			profit := p.Lift*float64(p.Contacts)*f.margin - spent
			p.ExpectedProfit = &profit
		}
	}
}

func (a *app) printPlan(p planned) {
	w := a.stdout
	percent := func(x float64) string { return fmt.Sprintf("%.2f %%", 100*x) }
	if p.Detectable != nil {
		fmt.Fprintf(w, "%s treated and %s held back show a rise from %s to %s", thousands(int64(p.Treated)), thousands(int64(p.Control)), percent(p.Base), percent(p.Base+*p.Detectable))
	} else {
		fmt.Fprintf(w, "to find a rise from %s to %s: %s treated and %s held back", percent(p.Base), percent(p.Base+p.Lift), thousands(int64(p.Treated)), thousands(int64(p.Control)))
	}
	fmt.Fprintf(w, " (power %.0f %%, two-sided level %.1f %%)\n", 100*p.Power, 100*p.Alpha)
	if p.BreakEvenLift != nil {
		fmt.Fprintf(w, "it pays from a response of %s: %s above that without it, with %s contacts\n", percent(*p.BreakEvenRate), percent(*p.BreakEvenLift), thousands(int64(p.Contacts)))
	}
	if p.ExpectedProfit != nil {
		fmt.Fprintf(w, "profit at the rise planned: %.2f\n", *p.ExpectedProfit)
	}
	if p.BreakEvenNote != "" {
		fmt.Fprintln(w, p.BreakEvenNote)
	}
}
