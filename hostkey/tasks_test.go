package hostkey_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/provkit/provkit/hostkey"
	"github.com/provkit/provkit/internal/clienttest"
	"github.com/provkit/provkit/provider"
)

// Every state of a task.
func TestTaskStates(t *testing.T) {
	for body, want := range map[string]hostkey.TaskStatus{
		`{"result":"Not ready","key":"` + taskKey + `"}`:                                               hostkey.TaskRunning,
		`{"result":"NOT READY"}`:                                                                       hostkey.TaskRunning,
		`{"result":"Stage","scope":"installing","key":"` + taskKey + `"}`:                              hostkey.TaskRunning,
		`{"result":"Stage","scope":"error: once more"}`:                                                hostkey.TaskRunning,
		`{"result":"Queued"}`:                                                                          hostkey.TaskRunning, // an undocumented word
		`{"result":"OK","scope":"pending","context":{"id":"","ip":""}}`:                                hostkey.TaskRunning,
		`{"result":"OK","scope":"Pending","context":[]}`:                                               hostkey.TaskRunning,
		`{"result":"OK"}`:                                                                              hostkey.TaskDone,
		`{"result":"OK","scope":"Post is on","context":{"action":"on","id":"55054"}}`:                  hostkey.TaskDone,
		`{"result":"OK","scope":"VM is up now","context":null}`:                                        hostkey.TaskDone,
		`{"result":"OK","scope":"CPU Temp | 36 degrees C | ok\n"}`:                                     hostkey.TaskDone,
		`{"result":"OK","scope":"autodeploy completed","debug":"error: none"}`:                         hostkey.TaskDone,
		`{"result":"OK","scope":{"status":"deploy_done"},"context":{"status":"failed"}}`:               hostkey.TaskDone,
		`{"result":"OK","scope":"pending","context":{"id":55054,"ip":"192.0.2.10"}}`:                   hostkey.TaskDone,
		`{"result":"OK","scope":"retried after error","context":{"id":"1","ip":"192.0.2.10"}}`:         hostkey.TaskDone,
		`{"result":"OK","scope":"{\"snapshots\":[{\"name\":\"failed\"}]}"}`:                            hostkey.TaskDone, // a name, not a comment
		`{"result":"OK","scope":[{"name":"error"}],"debug":"cancelled"}`:                               hostkey.TaskDone,
		`{"result":"OK","scope":"https://console.example.com/?errors=0"}`:                              hostkey.TaskDone,
		`{"result":"OK","scope":"ok","context":{"action":"deploy","id":"17","hostname":"error-page"}}`: hostkey.TaskDone,
		`{"result":1,"scope":"ok"}`:                                                                    hostkey.TaskDone,
		`{"result":"Fail"}`:                                                                            hostkey.TaskFailed,
		`{"result":"Error","message":"no image"}`:                                                      hostkey.TaskFailed,
		`{"result":"failed"}`:                                                                          hostkey.TaskFailed,
		`{"result":"cancelled","context":{"id":"1","ip":"192.0.2.10"}}`:                                hostkey.TaskFailed,
		`{"result":-1,"error":"image not there"}`:                                                      hostkey.TaskFailed,
		`{"result":"-1"}`:              hostkey.TaskFailed,
		`{"code":-1,"message":"text"}`: hostkey.TaskFailed,
		`{"code":-1,"message":"Permission denied","context":{"id":1}}`: hostkey.TaskFailed,
		`{"result":"OK","scope":"deploy cancelled"}`:                   hostkey.TaskFailed,
		`{"result":"OK","scope":"Aborted by operator"}`:                hostkey.TaskFailed,
		`{"result":"OK","scope":"request rejected"}`:                   hostkey.TaskFailed,
		`{"result":"OK","scope":"x","debug":"Error: no route"}`:        hostkey.TaskFailed,
		`{"result":"OK","scope":{"status":"failed"}}`:                  hostkey.TaskFailed,
		`{"result":"OK","scope":"{\"status\":\"canceled\"}"}`:          hostkey.TaskFailed,
		`{"result":"OK","scope":"x","context":{"status":"failed"}}`:    hostkey.TaskFailed,
		`{"result":"OK","scope":"x","context":{"error":"no image"}}`:   hostkey.TaskFailed,
	} {
		state, err := clientOver(t, always(ok(body))).Tasks.Check(t.Context(), task)
		require.NoError(t, err, body)
		require.Equal(t, want, state.State, body)
		require.NotEmpty(t, state.Key)
	}
}

// Answers that are not about the task.
func TestTaskErrors(t *testing.T) {
	for body, kind := range map[string]error{
		`{"code":-1,"message":"AsyncKey ` + taskKey + ` not found"}`:           provider.ErrOutcomeUnknown,
		`{"code":-1,"message":"AsyncKey x not found","key":"` + taskKey + `"}`: provider.ErrOutcomeUnknown,
		`{"code":-2,"message":"Permission denied"}`:                            provider.ErrForbidden,
		`{"code":-2,"message":"Invalid token"}`:                                provider.ErrUnauthorized,
		`{"code":-1,"message":"eq_callback: action required"}`:                 provider.ErrInvalid,
		`{}`:                       provider.ErrProtocol,
		`{"scope":"deploy_done"}`:  provider.ErrProtocol,
		`{"result":"OK","scope":x`: provider.ErrProtocol,
		`[]`:                       provider.ErrProtocol,
	} {
		tap := always(ok(body))
		state, err := clientOver(t, tap).Tasks.Check(t.Context(), task)
		require.Nil(t, state)
		require.ErrorIs(t, err, kind, body)
		require.Equal(t, errors.Is(kind, provider.ErrOutcomeUnknown), errors.Is(err, hostkey.ErrTaskGone), body)
		require.Len(t, tap.Requests(), 1)
	}
}

// The results of finished tasks.
func TestTaskScope(t *testing.T) {
	check := func(body string) *hostkey.TaskState {
		state, err := clientOver(t, always(ok(body))).Tasks.Check(t.Context(), task)
		require.NoError(t, err)
		return state
	}
	var list struct{ Snapshots []struct{ Name string } }
	state := check(`{"result":"OK","scope":"{\"snapshots\":[{\"name\":\"before-upgrade\"}]}","key":"` + taskKey + `"}`)
	require.NoError(t, state.Scope.Decode(&list))
	require.Equal(t, "before-upgrade", list.Snapshots[0].Name)
	require.Equal(t, task, state.Key)

	state = check(`{"result":"OK","scope":{"id":"55054","ip":"192.0.2.10","status":"deploy_done"}}`)
	require.Equal(t, int64(55054), state.Context.ServerID)
	require.Equal(t, addr("192.0.2.10"), state.Context.IP)
	require.Empty(t, state.Scope.Text())
	require.Equal(t, task, state.Key)

	state = check(`{"result":"OK","scope":"Chassis Power is on"}`)
	require.Equal(t, "Chassis Power is on", state.Scope.Text())
	var text string
	require.NoError(t, state.Scope.Decode(&text))
	require.Equal(t, "Chassis Power is on", text)

	state = check(`{"result":"OK"}`)
	require.Empty(t, state.Scope.Text())
	require.Error(t, state.Scope.Decode(&text))
}

// Wait checks again with growing pauses, reports progress, and survives outages.
func TestTaskWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var looks []time.Duration
		start := time.Now()
		answers := clienttest.InTurn(
			ok(`{"result":"Not ready"}`), reply{Status: http.StatusBadGateway}, reply{Err: errors.New("reset")}, reply{Status: http.StatusTooManyRequests, Header: http.Header{"Retry-After": {"30"}}},
			ok(`{"result":"Stage","scope":"installing"}`), ok(`{"result":"Not ready"}`), ok(`{"result":"Not ready"}`), ok(`{"result":"Not ready"}`),
			ok(`{"result":"OK","scope":"deploy_done","context":{"id":"55054"}}`),
		)
		tap := tapping(func(ctx context.Context, r sentRequest) reply {
			looks = append(looks, time.Since(start))
			require.Equal(t, map[string][]string{"action": {"check"}, "key": {taskKey}}, map[string][]string(r.Form()))
			return answers(ctx, r)
		})
		var progress []string
		state, err := bareClient(t, tap).Tasks.Wait(t.Context(), task, &hostkey.TaskWaitOptions{OnProgress: func(s *hostkey.TaskState) {
			require.Equal(t, hostkey.TaskRunning, s.State)
			progress = append(progress, s.Result+" "+s.Scope.Text())
		}})
		require.NoError(t, err)
		require.Equal(t, int64(55054), state.Context.ServerID)
		require.Equal(t, []string{"Not ready ", "Stage installing", "Not ready ", "Not ready ", "Not ready "}, progress)
		require.Len(t, looks, 9)
		require.Zero(t, looks[0])
		bounds := [][2]float64{{1.5, 2}, {2.25, 3}, {3.375, 4.5}, {30, 30}, {7.5, 10.2}, {11, 15}, {11.25, 15}, {11.25, 15}}
		for i, b := range bounds {
			pause := (looks[i+1] - looks[i]).Seconds()
			require.True(t, pause >= b[0]-0.01 && pause <= b[1]+0.01, "pause %d: %v", i+1, pause)
		}
	})
}

func TestTaskWaitOptions(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		tap := always(reply{})
		tap.Answer = clienttest.InTurn(ok(`{"result":"Not ready"}`), ok(`{"result":"Not ready"}`), ok(`{"result":"OK"}`))
		_, err := bareClient(t, tap).Tasks.Wait(t.Context(), task, &hostkey.TaskWaitOptions{Interval: time.Minute, MaxInterval: time.Minute})
		require.NoError(t, err)
		require.InDelta(t, 105, time.Since(start).Seconds(), 16)
	})
}

// How waiting ends without a success.
func TestTaskWaitEnds(t *testing.T) {
	wait := func(body string) (*hostkey.TaskState, error) {
		return clientOver(t, always(ok(body))).Tasks.Wait(t.Context(), task, nil)
	}
	state, err := wait(`{"result":"Fail","message":"no image","context":{"id":17}}`)
	require.ErrorIs(t, err, hostkey.ErrTaskFailed)
	require.ErrorIs(t, err, provider.ErrConflict)
	require.NotErrorIs(t, err, provider.ErrOutcomeUnknown)
	require.Equal(t, "hostkey: wait for task: the task ended without success: no image", err.Error())
	require.Equal(t, int64(17), state.Context.ServerID)

	// The server's log may hold the password of the system and the key: it is in the state only.
	state, err = wait(`{"result":"Fail","debug":"root:Ro0t-pAss set, key ` + serverKey + `","context":{"id":17}}`)
	require.ErrorIs(t, err, hostkey.ErrTaskFailed)
	require.Equal(t, "hostkey: wait for task: the task ended without success: Fail", err.Error())
	require.Contains(t, state.Debug, "Ro0t-pAss")
	_, err = wait(`{"result":"Fail","message":"no image for \u001b[31m%52o0t-pAss\n and ` + serverKey + `","context":{"id":17,"password":"Ro0t-pAss"}}`)
	require.Equal(t, "hostkey: wait for task: the task ended without success: no image for [31m[redacted] and [redacted]", err.Error())

	state, err = wait(`{"code":-1,"message":"AsyncKey x not found"}`)
	require.Nil(t, state)
	require.ErrorIs(t, err, hostkey.ErrTaskGone)
	require.ErrorIs(t, err, provider.ErrOutcomeUnknown)
	require.NotErrorIs(t, err, provider.ErrNotFound)

	_, err = wait(`{"code":-2,"message":"Permission denied"}`)
	require.ErrorIs(t, err, provider.ErrForbidden)
	require.Equal(t, "Tasks.Wait", asError(t, err).Op)

	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		tap := tapping(clienttest.InTurn(ok(`{"result":"Stage","scope":"installing"}`), reply{Status: http.StatusBadGateway}))
		state, err := bareClient(t, tap).Tasks.Wait(ctx, task, nil)
		require.ErrorIs(t, err, context.DeadlineExceeded)
		require.ErrorIs(t, err, provider.ErrUnavailable, "the error of the last check")
		require.Contains(t, err.Error(), "the task continues")
		require.Equal(t, "Stage", state.Result)
		require.Equal(t, "Tasks.Wait", asError(t, err).Op)

		because := errors.New("because")
		ended, end := context.WithCancelCause(t.Context())
		end(because)
		_, err = bareClient(t, tap).Tasks.Wait(ended, task, nil)
		require.ErrorIs(t, err, context.Canceled)
		require.ErrorIs(t, err, because)
	})
}

// TestTaskKeysAreSecret: the key of a task reads its result without any other credential, so nothing
// that names one shows it.
func TestTaskKeysAreSecret(t *testing.T) {
	order := &hostkey.ServerOrderRequest{Preset: "vm.pico", Location: "NL", Install: hostkey.Install{OSID: 240, RootPassword: provider.NewSecret("Placeholder-1")}}
	for _, test := range []struct {
		body string
		call func(*hostkey.Client) (any, error)
	}{
		{`{"result":"OK","callback":"%s"}`, func(c *hostkey.Client) (any, error) { return c.Servers.On(t.Context(), 17, nil) }},
		{`{"result":"OK","invoice":3,"callback":"%s"}`, func(c *hostkey.Client) (any, error) { return c.Servers.OrderInstance(t.Context(), order) }},
		{`{"result":-1,"error":"deploy failed","callback":"%s"}`, func(c *hostkey.Client) (any, error) { return c.Servers.OrderInstance(t.Context(), order) }},
		{`{"result":"OK","servers":[17],"deploy_keys":{"3":"%s"}}`, func(c *hostkey.Client) (any, error) { return c.Servers.UpdateServers(t.Context()) }},
		{`{"result":"Not ready","key":"%s"}`, func(c *hostkey.Client) (any, error) { return c.Tasks.Check(t.Context(), task) }},
		{`{"result":"OK","settings":{},"callback":"%s"}`, func(c *hostkey.Client) (any, error) {
			return c.VM.Snapshots(t.Context(), &hostkey.SnapshotListRequest{ServerID: 17})
		}},
	} {
		got, err := test.call(clientOver(t, always(ok(fmt.Sprintf(test.body, taskKey)))))
		var unfinished *hostkey.UnfinishedOrder
		errors.As(err, &unfinished)
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q"} {
			shown := fmt.Sprintf(verb+verb+verb, got, err, unfinished)
			require.NotContains(t, shown, taskKey, test.body)
			require.Contains(t, shown, "[redacted]", test.body)
		}
	}
}
