package forecast

import (
	"math"
	"strings"

	"gonum.org/v1/gonum/mat"
)

// Parameter is one fitted number.
type Parameter struct {
	Name     string
	Value    float64
	Error    float64 // standard error from the curvature of the likelihood; 0 where it has none (a bound, an exact fit)
	Boundary bool    // the value lies on the bound of what the model allows
}

// Fitted is one method fitted to one history, without its season: the numbers
// of a model card.
type Fitted struct {
	Method      Method
	Model       string // which member of the family, such as ETS(M,Ad,M); "" elsewhere
	Weight      float64
	Parameters  []Parameter
	N           int     // values it was fitted to
	Sigma       float64 // root mean squared one-step error, on the log scale for the log methods
	LogLik      float64 // normal log-likelihood of the one-step errors at their best variance
	AIC         float64
	AICc        float64 // 0 where there are too few values for the correction
	BIC         float64
	Exact       bool // no one-step error at all: likelihood and criteria have no finite value and are 0
	Evaluations int  // passes over the history
	Converged   bool
	Boundary    string // which parameters lie on a bound and what that means; "" when none
}

// describe sets likelihood and criteria from the sum of squared one-step errors
// and the number of free parameters, the variance among them.
func (f *Fitted) describe(n int, sse float64, parameters int) {
	f.N = n
	f.Sigma = math.Sqrt(sse / float64(n))
	if !(sse > 0) {
		f.Exact = true
		return
	}
	f.criteria(-float64(n)/2*(math.Log(2*math.Pi*sse/float64(n))+1), parameters)
}

func (f *Fitted) criteria(logLik float64, parameters int) {
	n, k := float64(f.N), float64(parameters)
	f.LogLik = logLik
	f.AIC = 2*k - 2*logLik
	f.BIC = k*math.Log(n) - 2*logLik
	if n > k+1 {
		f.AICc = f.AIC + 2*k*(k+1)/(n-k-1)
	}
}

// meanings say what it means that a parameter lies on its lower or upper bound.
var meanings = map[string][2]string{
	"alpha": {"the level does not follow the values: it stays where it began", "the level is the last value: a random walk"},
	"beta*": {"the slope never changes", "the slope follows every change of the level"},
	"gamma": {"the seasonal pattern never changes", "the seasonal pattern is that of the last cycle"},
	"phi":   {"the trend dies out fast", "the trend is hardly damped"},
	"omega": {"no trend: theta is 1, simple exponential smoothing", "the full trend: theta has no upper limit"},
	"beta":  {"the chance of a demand hardly changes", "the chance of a demand changes as fast as allowed"},
}

// parameter notes a value and whether it lies on a bound.
func (f *Fitted) parameter(name string, value, lo, hi, deviation float64) Parameter {
	p := Parameter{Name: name, Value: value, Error: deviation}
	margin := 1e-3 * (hi - lo)
	side := -1
	if value <= lo+margin {
		side = 0
	} else if value >= hi-margin {
		side = 1
	}
	if side >= 0 {
		p.Boundary, p.Error = true, 0
		words := name + " on its bound"
		if meaning, ok := meanings[name]; ok {
			words = name + ": " + meaning[side]
		}
		f.Boundary = strings.TrimPrefix(f.Boundary+"; "+words, "; ")
	}
	return p
}

// deviation is the standard error of a searched parameter from the curvature of
// n/2·log(sse) by central differences; 0 where there is none.
func deviation(sse func(float64) float64, at float64, n int, lo, hi float64) float64 {
	step := math.Min(1e-2, math.Min(at-lo, hi-at)/2)
	if step < 1e-5 {
		return 0
	}
	curve := float64(n) / 2 * (math.Log(sse(at+step)) - 2*math.Log(sse(at)) + math.Log(sse(at-step))) / (step * step)
	return rootOrZero(1 / curve)
}

func rootOrZero(variance float64) float64 {
	if variance > 0 && !math.IsInf(variance, 0) {
		return math.Sqrt(variance)
	}
	return 0
}

// searched notes the parameters of a search over squared errors.
func (f *Fitted) searched(names []string, sse func(*point) float64, at *point, b *box, n int) {
	value := func(p *point) float64 { return float64(n) / 2 * math.Log(sse(p)) }
	var step point
	for k := range names {
		step[k] = 1e-2
	}
	errors := curvature(value, at, b, &step)
	f.Parameters = nil
	for k, name := range names {
		f.Parameters = append(f.Parameters, f.parameter(name, at[k], b.lo[k], b.hi[k], errors[k]))
	}
}

// curvature returns standard errors from the inverse Hessian of a negative
// log-likelihood, by central differences of at most the given steps. Parameters
// on a bound are held, and have 0, as all have where the Hessian is not positive
// definite.
func curvature(minusLog func(*point) float64, at *point, b *box, step *point) []float64 {
	errors := make([]float64, b.dim)
	var free []int
	for k := range b.dim {
		room := math.Min(at[k]-b.lo[k], b.hi[k]-at[k]) / 2
		step[k] = math.Min(step[k], room)
		if room > 1e-4 && step[k] > 0 {
			free = append(free, k)
		}
	}
	if len(free) == 0 {
		return errors
	}
	value := func(i, j int, si, sj float64) float64 {
		p := *at
		p[i] += si * step[i]
		p[j] += sj * step[j]
		return minusLog(&p)
	}
	middle := minusLog(at)
	hessian := mat.NewSymDense(len(free), nil)
	for a, i := range free {
		hessian.SetSym(a, a, (value(i, i, 0, 1)-2*middle+value(i, i, 0, -1))/(step[i]*step[i]))
		for c := a + 1; c < len(free); c++ {
			j := free[c]
			mixed := value(i, j, 1, 1) - value(i, j, 1, -1) - value(i, j, -1, 1) + value(i, j, -1, -1)
			hessian.SetSym(a, c, mixed/(4*step[i]*step[j]))
		}
	}
	var factor mat.Cholesky
	var inverse mat.SymDense
	if !factor.Factorize(hessian) || factor.InverseTo(&inverse) != nil {
		return errors
	}
	for a, i := range free {
		errors[i] = rootOrZero(inverse.At(a, a))
	}
	return errors
}
