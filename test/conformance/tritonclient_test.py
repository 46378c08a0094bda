"""Checks a running server with Triton's official Python client.

    pip install 'tritonclient[grpc]'
    python test/conformance/tritonclient_test.py 127.0.0.1:50051

The server must serve `simple` (INPUT0, INPUT1 INT32 [-1,16] -> OUTPUT0 sum, OUTPUT1 difference), `string_identity`
(one BYTES [-1,-1] input and output, whatever their names) and `iris` (X FP32 [-1,4]). Exits 0 when every check passes.
"""

import queue
import sys
import unittest

import grpc
import numpy as np
import tritonclient.grpc as triton
from tritonclient.grpc import model_config_pb2, service_pb2, service_pb2_grpc
from tritonclient.utils import InferenceServerException, np_to_triton_dtype

ADDRESS = "127.0.0.1:50051"


def tensor(name, values):
    given = triton.InferInput(name, list(values.shape), np_to_triton_dtype(values.dtype))
    given.set_data_from_numpy(values)
    return given


def simple_inputs(rows=1):
    first = np.arange(rows * 16, dtype=np.int32).reshape(rows, 16)
    second = np.full((rows, 16), 3, dtype=np.int32)
    return first, second, [tensor("INPUT0", first), tensor("INPUT1", second)]


class Conformance(unittest.TestCase):
    def setUp(self):
        self.client = triton.InferenceServerClient(ADDRESS)
        self.channel = grpc.insecure_channel(ADDRESS)
        self.stub = service_pb2_grpc.GRPCInferenceServiceStub(self.channel)

    def tearDown(self):
        self.client.close()
        self.channel.close()

    def refused(self, status, text, call):
        """`call` must fail with this gRPC status and a message that holds `text`."""
        try:
            call()
        except InferenceServerException as error:
            self.assertEqual(error.status(), f"StatusCode.{status}", error.message())
            self.assertIn(text, error.message())
        except grpc.RpcError as error:
            self.assertEqual(error.code().name, status, error.details())
            self.assertIn(text, error.details())
        else:
            self.fail(f"expected {status}")

    # --- the server and its models

    def test_the_server_is_live_and_ready(self):
        self.assertTrue(self.client.is_server_live())
        self.assertTrue(self.client.is_server_ready())

    def test_a_model_is_ready_and_an_unknown_one_is_not_an_error(self):
        self.assertTrue(self.client.is_model_ready("simple"))
        self.assertTrue(self.client.is_model_ready("simple", "1"))
        self.assertFalse(self.client.is_model_ready("simple", "99"))
        self.assertFalse(self.client.is_model_ready("no_such_model"))

    def test_server_metadata_names_what_is_supported(self):
        metadata = self.client.get_server_metadata()
        self.assertNotEqual(metadata.name, "")
        self.assertNotEqual(metadata.version, "")
        self.assertIn("statistics", metadata.extensions)
        self.assertIn("model_configuration", metadata.extensions)

    def test_model_metadata_shows_names_types_and_shapes(self):
        metadata = self.client.get_model_metadata("simple", "1")
        self.assertEqual(metadata.name, "simple")
        self.assertIn("1", metadata.versions)
        self.assertEqual(metadata.platform, "onnxruntime_onnx")
        inputs = [(spec.name, spec.datatype, list(spec.shape)) for spec in metadata.inputs]
        self.assertEqual(inputs, [("INPUT0", "INT32", [-1, 16]), ("INPUT1", "INT32", [-1, 16])])
        outputs = [(spec.name, spec.datatype, list(spec.shape)) for spec in metadata.outputs]
        self.assertEqual(outputs, [("OUTPUT0", "INT32", [-1, 16]), ("OUTPUT1", "INT32", [-1, 16])])
        strings = self.client.get_model_metadata("string_identity")
        self.assertEqual(strings.inputs[0].datatype, "BYTES")

    def test_model_config_leaves_the_batch_dimension_out(self):
        config = self.client.get_model_config("simple").config
        self.assertEqual(config.name, "simple")
        self.assertEqual(config.backend, "onnxruntime")
        self.assertGreater(config.max_batch_size, 0)
        self.assertTrue(config.HasField("dynamic_batching"))
        self.assertEqual(config.input[0].data_type, model_config_pb2.TYPE_INT32)
        self.assertEqual(list(config.input[0].dims), [16])
        self.assertEqual(list(config.output[1].dims), [16])

    def test_the_repository_index_lists_versions(self):
        index = self.client.get_model_repository_index().models
        self.assertIn(("simple", "1", "READY"), [(model.name, model.version, model.state) for model in index])
        request = service_pb2.RepositoryIndexRequest(ready=True)
        ready = self.stub.RepositoryIndex(request).models
        self.assertEqual({model.state for model in ready}, {"READY"})
        elsewhere = service_pb2.RepositoryIndexRequest(repository_name="other")
        self.refused("UNIMPLEMENTED", "repository_name", lambda: self.stub.RepositoryIndex(elsewhere))

    def test_statistics_count_runs(self):
        _, _, inputs = simple_inputs()
        self.client.infer("simple", inputs, model_version="1")
        [statistics] = self.client.get_inference_statistics("simple", "1").model_stats
        self.assertEqual((statistics.name, statistics.version), ("simple", "1"))
        self.assertGreater(statistics.inference_count, 0)
        self.assertGreater(statistics.execution_count, 0)
        self.assertGreater(statistics.last_inference, 0)
        self.assertGreater(statistics.inference_stats.success.count, 0)
        self.assertGreaterEqual(len(self.client.get_inference_statistics().model_stats), 1)

    # --- inference

    def test_raw_tensors_go_and_come(self):
        first, second, inputs = simple_inputs(2)
        result = self.client.infer("simple", inputs, model_version="1", request_id="42")
        np.testing.assert_array_equal(result.as_numpy("OUTPUT0"), first + second)
        np.testing.assert_array_equal(result.as_numpy("OUTPUT1"), first - second)
        response = result.get_response()
        self.assertEqual((response.model_name, response.model_version, response.id), ("simple", "1", "42"))

    def test_typed_tensors_come_back_raw_unless_asked_for(self):
        request = service_pb2.ModelInferRequest(model_name="simple", id="typed")
        for name in ("INPUT0", "INPUT1"):
            given = request.inputs.add(name=name, datatype="INT32", shape=[1, 16])
            given.contents.int_contents.extend(range(16))
        reply = self.stub.ModelInfer(request)
        doubled = np.frombuffer(reply.raw_output_contents[0], dtype="<i4")
        np.testing.assert_array_equal(doubled, np.arange(16) * 2)
        request.parameters["raw_output"].bool_param = False
        typed = self.stub.ModelInfer(request)
        self.assertEqual(len(typed.raw_output_contents), 0)
        self.assertEqual(list(typed.outputs[0].contents.int_contents), [value * 2 for value in range(16)])

    def test_only_the_wanted_output_comes(self):
        first, second, inputs = simple_inputs()
        wanted = [triton.InferRequestedOutput("OUTPUT1")]
        result = self.client.infer("simple", inputs, model_version="1", outputs=wanted)
        np.testing.assert_array_equal(result.as_numpy("OUTPUT1"), first - second)
        self.assertIsNone(result.as_numpy("OUTPUT0"))

    def test_strings_go_and_come(self):
        words = np.array([["", "plain"], ["Zoë", "日本語 🙂"]], dtype=np.object_)
        metadata = self.client.get_model_metadata("string_identity")
        result = self.client.infer("string_identity", [tensor(metadata.inputs[0].name, words)])
        back = [[value.decode() for value in row] for row in result.as_numpy(metadata.outputs[0].name)]
        self.assertEqual(back, words.tolist())

    def test_typed_strings_go_and_come(self):
        request = service_pb2.ModelInferRequest(model_name="string_identity")
        name = self.client.get_model_metadata("string_identity").inputs[0].name
        given = request.inputs.add(name=name, datatype="BYTES", shape=[1, 2])
        given.contents.bytes_contents.extend([b"", "Zoë".encode()])
        request.parameters["raw_output"].bool_param = False
        reply = self.stub.ModelInfer(request)
        self.assertEqual(list(reply.outputs[0].contents.bytes_contents), [b"", "Zoë".encode()])

    def test_iris_is_served(self):
        flower = np.array([[5.1, 3.5, 1.4, 0.2]], dtype=np.float32)
        reply = self.client.infer("iris", [tensor("X", flower)], model_version="latest").get_response()
        self.assertEqual(reply.model_name, "iris")
        self.assertGreaterEqual(len(reply.outputs), 1)

    def test_asynchronous_calls_answer(self):
        first, second, inputs = simple_inputs()
        answers = queue.Queue()
        for _ in range(20):
            self.client.async_infer("simple", inputs, lambda result, error: answers.put((result, error)))
        for _ in range(20):
            result, error = answers.get(timeout=10)
            self.assertIsNone(error)
            np.testing.assert_array_equal(result.as_numpy("OUTPUT0"), first + second)

    def test_a_stream_answers_every_request_and_survives_a_bad_one(self):
        first, second, inputs = simple_inputs()
        answers = queue.Queue()
        self.client.start_stream(lambda result, error: answers.put((result, error)))
        self.client.async_stream_infer("simple", inputs, request_id="1", enable_empty_final_response=True)
        self.client.async_stream_infer("no_such_model", inputs, request_id="2")
        self.client.async_stream_infer("simple", inputs, request_id="3")
        answered = [answers.get(timeout=10) for _ in range(3)]
        self.client.stop_stream()
        results = {result.get_response().id: result for result, error in answered if error is None}
        errors = [error for _, error in answered if error is not None]
        self.assertEqual(set(results), {"1", "3"})
        np.testing.assert_array_equal(results["3"].as_numpy("OUTPUT0"), first + second)
        self.assertTrue(results["1"].get_response().parameters["triton_final_response"].bool_param)
        self.assertEqual(len(errors), 1)
        self.assertIn("no_such_model", errors[0].message())

    # --- refusals

    def test_unknown_models_and_versions_are_not_found(self):
        _, _, inputs = simple_inputs()
        unknown = "Request for unknown model"
        self.refused("NOT_FOUND", unknown, lambda: self.client.infer("no_such_model", inputs))
        self.refused("NOT_FOUND", unknown, lambda: self.client.infer("simple", inputs, model_version="99"))
        self.refused("NOT_FOUND", unknown, lambda: self.client.get_model_metadata("no_such_model"))
        self.refused("NOT_FOUND", unknown, lambda: self.client.get_model_config("no_such_model"))
        self.refused("NOT_FOUND", unknown, lambda: self.client.get_inference_statistics("no_such_model"))

    def test_a_wrong_datatype_is_named(self):
        values = np.zeros((1, 16), dtype=np.float32)
        inputs = [tensor("INPUT0", values), tensor("INPUT1", values)]
        text = "inference input 'INPUT0' data-type is 'FP32', but model 'simple' expects 'INT32'"
        self.refused("INVALID_ARGUMENT", text, lambda: self.client.infer("simple", inputs))

    def test_sizes_that_do_not_fit_are_named(self):
        request = service_pb2.ModelInferRequest(model_name="simple")
        for name in ("INPUT0", "INPUT1"):
            request.inputs.add(name=name, datatype="INT32", shape=[1, 16])
            request.raw_input_contents.append(bytes(63))
        text = "input byte size mismatch for input 'INPUT0' for model 'simple'. Expected 64, got 63"
        self.refused("INVALID_ARGUMENT", text, lambda: self.stub.ModelInfer(request))

    def test_raw_and_typed_exclude_each_other(self):
        request = service_pb2.ModelInferRequest(model_name="simple")
        for name in ("INPUT0", "INPUT1"):
            given = request.inputs.add(name=name, datatype="INT32", shape=[1, 16])
            given.contents.int_contents.extend(range(16))
            request.raw_input_contents.append(bytes(64))
        text = "contents field must not be specified when using raw_input_contents for 'INPUT0' for model 'simple'"
        self.refused("INVALID_ARGUMENT", text, lambda: self.stub.ModelInfer(request))

    def test_an_input_without_data_is_named(self):
        request = service_pb2.ModelInferRequest(model_name="simple")
        request.inputs.add(name="INPUT0", datatype="INT32", shape=[1, 16])
        text = "unable to find data for input tensor 'INPUT0' for model 'simple' in request."
        self.refused("INVALID_ARGUMENT", text, lambda: self.stub.ModelInfer(request))

    def test_an_output_asked_for_twice_is_refused(self):
        _, _, inputs = simple_inputs()
        outputs = [triton.InferRequestedOutput("OUTPUT0"), triton.InferRequestedOutput("OUTPUT0")]
        text = "output 'OUTPUT0' already exists in request"
        self.refused("INVALID_ARGUMENT", text, lambda: self.client.infer("simple", inputs, outputs=outputs))

    def test_what_cannot_be_done_is_refused_rather_than_ignored(self):
        _, _, inputs = simple_inputs()
        refused = [
            lambda: self.client.infer("simple", inputs, sequence_id=7, sequence_start=True),
            lambda: self.client.infer("simple", inputs, priority=2),
            lambda: self.client.infer(
                "simple", inputs, outputs=[triton.InferRequestedOutput("OUTPUT0", class_count=3)]
            ),
            lambda: self.client.load_model("simple"),
            lambda: self.client.unload_model("simple"),
            lambda: self.client.get_system_shared_memory_status(),
            lambda: self.client.get_trace_settings(),
            lambda: self.client.get_log_settings(),
        ]
        for call in refused:
            self.refused("UNIMPLEMENTED", "not supported", call)

    def test_a_timeout_parameter_is_taken(self):
        first, second, inputs = simple_inputs()
        result = self.client.infer("simple", inputs, timeout=30_000_000)
        np.testing.assert_array_equal(result.as_numpy("OUTPUT0"), first + second)

    def test_the_client_deadline_is_kept(self):
        _, _, inputs = simple_inputs()
        result = self.client.infer("simple", inputs, client_timeout=30.0)
        self.assertIsNotNone(result.as_numpy("OUTPUT0"))


if __name__ == "__main__":
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
        ADDRESS = sys.argv.pop(1)
    unittest.main(verbosity=2)
