package survival

import (
	"errors"
	"math"

	"gonum.org/v1/gonum/mat"
)

// newtonFit is a maximised partial likelihood, of the scaled covariates.
type newtonFit struct {
	beta       []float64
	inverse    *mat.SymDense // of the information: the covariance
	nullLogLik float64
	logLik     float64
	score      float64 // score test statistic at 0
	steps      int
	converged  bool
	infinite   []int // −1, 0 or +1 a covariate
	reason     string
}

// finite tells whether all estimates are numbers.
func (f *newtonFit) finite() bool {
	sum := f.logLik + f.nullLogLik
	for j, b := range f.beta {
		v := f.inverse.At(j, j)
		if !(v > 0) {
			return false
		}
		sum += b + v
	}
	return !math.IsNaN(sum) && !math.IsInf(sum, 0)
}

const (
	// gain is the improvement of the log-likelihood at which Newton's method
	// stops: it is far below what any test can see.
	gain = 1e-9
	// runaway is how far a covariate may still move the log hazard, over its
	// whole range, when nothing is gained any more. A coefficient with a
	// maximum moves by some 1e-5 of its standard error then; one without adds
	// about 1 at every step.
	runaway = 0.05
	// stride is how far the first step may move the log hazard over the range
	// of a covariate; it doubles with every step that may be taken in full. A
	// step from where the likelihood is almost flat would land nowhere.
	stride = 10.0
)

// newton maximises the partial likelihood from 0. The information matrix is not
// singular there; where it becomes so on the way the likelihood is flat, which
// is the end of the road too.
func newton(r *riskData, maxSteps int) *newtonFit {
	f := &newtonFit{beta: make([]float64, r.p), infinite: make([]int, r.p)}
	at := r.evaluate(f.beta)
	f.nullLogLik = at.logLik
	step := make([]float64, r.p)
	reach := stride
	for f.steps < maxSteps {
		rise, ok := direction(at, step)
		if !ok {
			f.reason = "the likelihood is flat around the estimate: some covariates cannot be told apart"
			break
		}
		if f.steps == 0 {
			f.score = rise
		}
		shorten(step, r.span, reach)
		next, length := climb(r, f.beta, step, at.logLik)
		reach *= 2 * length
		if length == 0 {
			f.converged = rise < 1e-6
			break
		}
		at = next
		f.steps++
		if rise < gain {
			f.converged = true
			break
		}
	}
	if !f.converged && f.reason == "" {
		f.reason = "the fit did not converge: look for covariates with extreme values, or scale them down"
	}
	if f.converged {
		for j, d := range step {
			if math.Abs(d)*r.span[j] > runaway {
				f.infinite[j] = int(math.Copysign(1, d))
			}
		}
	}
	f.logLik = at.logLik
	f.inverse = invert(at.info)
	return f
}

// direction solves for the Newton step and returns twice the rise it promises.
func direction(at *likelihood, step []float64) (float64, bool) {
	var chol mat.Cholesky
	if !chol.Factorize(at.info) {
		return 0, false
	}
	score := mat.NewVecDense(len(step), at.score)
	x := mat.NewVecDense(len(step), step)
	var near mat.Condition // a warning: the solution is there
	if err := chol.SolveVecTo(x, score); err != nil && !errors.As(err, &near) {
		return 0, false
	}
	return mat.Dot(score, x), true
}

func shorten(step, span []float64, reach float64) {
	longest := 0.0
	for j, d := range step {
		longest = max(longest, math.Abs(d)*span[j])
	}
	if longest > reach {
		for j := range step {
			step[j] *= reach / longest
		}
	}
}

// climb moves beta along the step, halved until the likelihood does not fall,
// and returns the part of the step taken; 0 when no length helps.
func climb(r *riskData, beta, step []float64, logLik float64) (at *likelihood, length float64) {
	trial := make([]float64, len(beta))
	for length = 1.0; length > 1e-6; length /= 2 {
		for j := range beta {
			trial[j] = beta[j] + length*step[j]
		}
		at = r.evaluate(trial)
		if at.logLik >= logLik-1e-11*math.Abs(logLik) {
			copy(beta, trial)
			return at, length
		}
	}
	return nil, 0
}

// invert is the inverse of the information. A direction without information
// (the way of an infinite coefficient) gets a huge variance, not an error.
func invert(info *mat.SymDense) *mat.SymDense {
	p := info.SymmetricDim()
	inverse := mat.NewSymDense(p, nil)
	var eigen mat.EigenSym
	if !eigen.Factorize(info, true) {
		return inverse
	}
	var v mat.Dense
	eigen.VectorsTo(&v)
	for k, l := range eigen.Values(nil) {
		l = max(l, 1e-14)
		for i := range p {
			for j := i; j < p; j++ {
				inverse.SetSym(i, j, inverse.At(i, j)+v.At(i, k)*v.At(j, k)/l)
			}
		}
	}
	return inverse
}

// independent tells which columns carry information of their own, judged by
// the information at 0 column by column: what is left of a column after the
// ones before it is its pivot. The others get the reason in words.
func independent(info *mat.SymDense, events float64) (kept []int, dropped []string) {
	p := info.SymmetricDim()
	dropped = make([]string, p)
	// Row k of l belongs to the k-th column kept.
	l := make([][]float64, 0, p)
	for j := range p {
		row := make([]float64, 0, len(kept)+1)
		pivot := info.At(j, j)
		if pivot <= 1e-10*events {
			dropped[j] = "it does not vary among those at risk when events happen"
			continue
		}
		for a, k := range kept {
			v := info.At(j, k)
			for b := range a {
				v -= row[b] * l[a][b]
			}
			v /= l[a][a]
			row = append(row, v)
			pivot -= v * v
		}
		if pivot <= 1e-9*info.At(j, j) {
			dropped[j] = "it is a linear combination of the covariates before it"
			continue
		}
		l = append(l, append(row, math.Sqrt(pivot)))
		kept = append(kept, j)
	}
	return kept, dropped
}
