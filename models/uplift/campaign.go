package uplift

import "fmt"

// Arm is the customers of one arm of a campaign, one element each.
type Arm struct {
	Response []float64 // 1 when the customer responded in the window, else 0
	Margin   []float64 // margin of the customer's purchases in the window, money, net of returns
}

// Cost is what a campaign cost.
type Cost struct {
	PerContact float64 // money per treated customer
	Fixed      float64 // money
}

// Range is an estimate with its 95 % interval.
type Range struct{ Value, Low, High float64 }

// Return is what a campaign brought in against its control group.
type Return struct {
	Response          Effect  // on the response rate
	Margin            Effect  // on the margin per customer, money
	Responses         Range   // extra responses: Response.Lift · treated customers
	IncrementalMargin Range   // money: Margin.Lift · treated customers
	Cost              float64 // money
	Profit            Range   // money: incremental margin − cost
	ROMI              Range   // (incremental margin − cost) / cost; 0 when nothing was spent
	PerResponse       float64 // mean margin of a treated responder, money; 0 without responders
	BreakEvenLift     float64 // rise of the response rate that pays the cost; 0 when it cannot
	BreakEvenRate     float64 // control rate + BreakEvenLift
	Reason            string  // what could not be told and why; empty when all could
}

// Evaluate measures a campaign against a control group drawn at random. All
// intervals are those of the effects; costs are taken as certain.
func Evaluate(treated, control Arm, c Cost) (*Return, error) {
	for _, a := range []struct {
		name string
		Arm
	}{{"treated", treated}, {"control", control}} {
		if len(a.Response) != len(a.Margin) {
			return nil, fmt.Errorf("%w: %s customers have %d responses and %d margins", ErrShape, a.name, len(a.Response), len(a.Margin))
		}
		for i, y := range a.Response {
			if y != 0 && y != 1 {
				return nil, fmt.Errorf("%w: response %v of %s customer %d is neither 0 nor 1", ErrValue, y, a.name, i)
			}
		}
	}
	if !(c.PerContact >= 0 && c.Fixed >= 0) {
		return nil, fmt.Errorf("%w: costs are not negative: %+v", ErrValue, c)
	}
	response, err := Compare(Outcomes{treated.Response}, Outcomes{control.Response})
	if err != nil {
		return nil, err
	}
	margin, err := means(treated.Margin, control.Margin)
	if err != nil {
		return nil, err
	}
	n := float64(len(treated.Response))
	r := &Return{Response: *response, Margin: *margin, Cost: n*c.PerContact + c.Fixed}
	r.Responses = response.times(n)
	r.IncrementalMargin = margin.times(n)
	r.Profit = Range{r.IncrementalMargin.Value - r.Cost, r.IncrementalMargin.Low - r.Cost, r.IncrementalMargin.High - r.Cost}
	if r.Cost > 0 {
		r.ROMI = Range{r.Profit.Value / r.Cost, r.Profit.Low / r.Cost, r.Profit.High / r.Cost}
	} else {
		r.Reason = "nothing was spent, so there is no return on spending"
	}
	r.breakEven(treated, n)
	return r, nil
}

func (e *Effect) times(n float64) Range { return Range{n * e.Lift, n * e.Low, n * e.High} }

// breakEven is the lift at which extra responses of the usual margin pay.
func (r *Return) breakEven(treated Arm, n float64) {
	var sum, count float64
	for i, y := range treated.Response {
		sum += y * treated.Margin[i]
		count += y
	}
	if count > 0 {
		r.PerResponse = sum / count
	}
	if r.PerResponse <= 0 {
		r.Reason = "treated responders brought no margin, so no response rate pays the cost"
		return
	}
	r.BreakEvenLift = r.Cost / n / r.PerResponse
	r.BreakEvenRate = r.Response.Control + r.BreakEvenLift
}
