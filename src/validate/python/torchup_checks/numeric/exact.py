"""Products of whole numbers: they have one right answer in every type, which Python knows without torch."""
from torchup_checks.reporting import expect

SIZE = 48


def whole_numbers():
    a = [[(7 * i + 3 * k) % 17 - 8 for k in range(SIZE)] for i in range(SIZE)]
    b = [[(5 * k + 11 * j) % 19 - 9 for j in range(SIZE)] for k in range(SIZE)]
    return a, b


def judge(torch, device):
    a, b = whole_numbers()
    columns = list(zip(*b))
    expected = [[sum(x * y for x, y in zip(row, column)) for column in columns] for row in a]
    product = torch.tensor(a, dtype=torch.float32, device=device) @ torch.tensor(b, dtype=torch.float32, device=device)
    expect(product.tolist() == expected, "a product of whole numbers came out wrong")
    threads = f", {torch.get_num_threads()} threads" if device == "cpu" else ""
    return f"a {SIZE}x{SIZE} product of whole numbers is exact{threads}"


def checks(torch, device):
    yield "matmul-exact", lambda: judge(torch, device)
